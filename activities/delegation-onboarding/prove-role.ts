import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import { saveProofs } from '../../db/external-id-proofs.ts';
import { formatRoleArn, parseRoleArn } from '../../domain/aws/arn.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';
import { loadRequest } from './load-request.ts';
import { openRequestCredentials, openRequestOrganization, roleOfMember } from '../open-credentials.ts';
import { tryRole, type AssumeRoleAnswer } from '../aws/assume-role.ts';
import { awsFailure } from '../aws/errors.ts';

/**
 * Proves that each new role in the request's account accepts us with its external id: the harvesting role, and the
 * organization role of an organization. A new role may refuse for seconds, which is NotReady.
 */
export async function proveRole(dependencies: ActivityDependencies, { requestId }: { requestId: string }): Promise<void> {
  for (const role of await rolesOf(dependencies, requestId)) {
    const answer = await tryOne(dependencies, role);
    if (answer.accepted) continue;
    throw failure(failureTypes.notReady, `AWS still refuses the new role: ${answer.message}`, {
      code: 'role_proof_failed',
      awsCode: answer.awsCode,
      nextRetryDelayMs: 1_000,
    });
  }
}

/** Proves that each of these roles refuses us without its external id (D12). Checks do not ask it again for a day. */
export async function proveRefusal(
  dependencies: ActivityDependencies,
  { requestId }: { requestId: string },
): Promise<{ refused: boolean }> {
  const { credentialSetId } = await loadRequest(dependencies.db, requestId);
  for (const { externalId: _withheld, ...role } of await rolesOf(dependencies, requestId)) {
    const askedAt = new Date();
    const answer = await tryOne(dependencies, role);
    if (answer.accepted) return { refused: false };
    if (credentialSetId) await saveProofs(dependencies.db, credentialSetId, [{ roleArn: role.roleArn, enforced: true, askedAt }]);
  }
  return { refused: true };
}

/** The roles that a request's stack created. */
async function rolesOf(dependencies: ActivityDependencies, requestId: string): Promise<RoleCredentials[]> {
  const { scope, accountId } = await loadRequest(dependencies.db, requestId);
  if (scope === 'account') return [await openRequestCredentials(dependencies, requestId)];
  const { organizationRole, memberRole } = await openRequestOrganization(dependencies, requestId);
  const { partition } = parseRoleArn(organizationRole.roleArn)!;
  return [organizationRole, roleOfMember(memberRole, formatRoleArn(partition, accountId, memberRole.roleName))];
}

async function tryOne(dependencies: ActivityDependencies, role: RoleCredentials): Promise<AssumeRoleAnswer> {
  try {
    return await tryRole(dependencies.aws.sts, role);
  } catch (error) {
    throw awsFailure(error, `The role ${role.roleArn} could not be checked`);
  }
}
