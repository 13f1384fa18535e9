import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';
import { openRequestCredentials } from '../registry/open-credentials.ts';
import { tryRole, type AssumeRoleAnswer } from './assume-role.ts';
import { awsFailure } from './errors.ts';

/** Proves that a new role accepts us with its external id. A fresh role may refuse for a while: then it is NotReady. */
export async function proveRole(dependencies: ActivityDependencies, { requestId }: { requestId: string }): Promise<void> {
  const answer = await ask(dependencies, requestId, true);
  if (answer.accepted) return;
  throw failure(failureTypes.notReady, `AWS refuses the role so far: ${answer.message}`, {
    code: 'role_proof_failed',
    awsCode: answer.awsCode,
    nextRetryDelayMs: 1_000,
  });
}

/** Proves that the role refuses us without its external id (D12). */
export async function proveRefusal(
  dependencies: ActivityDependencies,
  { requestId }: { requestId: string },
): Promise<{ refused: boolean }> {
  const answer = await ask(dependencies, requestId, false);
  return { refused: !answer.accepted };
}

async function ask(dependencies: ActivityDependencies, requestId: string, withExternalId: boolean): Promise<AssumeRoleAnswer> {
  const { externalId, ...role } = await openRequestCredentials(dependencies, requestId);
  try {
    return await tryRole(dependencies.aws.sts, withExternalId && externalId ? { ...role, externalId } : role);
  } catch (error) {
    throw awsFailure(error, `The role ${role.roleArn} could not be tried`);
  }
}
