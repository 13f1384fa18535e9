import type { CloudCheckResult } from '../../workflows/contracts/activities.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { openCloudCredentials } from '../registry/open-credentials.ts';
import { tryRole } from './assume-role.ts';
import { awsFailure, meaningOf } from './errors.ts';

/** Assumes a cloud's role. A refusal is a status with its reason; null when the cloud is gone. */
export async function checkCloudRole(
  dependencies: ActivityDependencies,
  { cloudId }: { cloudId: string },
): Promise<CloudCheckResult | null> {
  const credentials = await openCloudCredentials(dependencies, cloudId);
  if (!credentials) return null;
  try {
    const answer = await tryRole(dependencies.aws.sts, credentials);
    return answer.accepted
      ? { status: 'ok', reason: null }
      : denied(
          'role_refused',
          `AWS refuses the role ${credentials.roleArn}: it is missing, its trust policy does not name Muster, or the external id differs. AWS does not tell which.`,
        );
  } catch (error) {
    const type = meaningOf(error);
    if (type === failureTypes.invalidInput || type === failureTypes.precondition) {
      return denied('role_not_usable', `AWS does not let the role ${credentials.roleArn} be assumed this way: ${(error as Error).message}`);
    }
    throw awsFailure(error, `The role ${credentials.roleArn} could not be tried`);
  }
}

function denied(code: string, message: string): CloudCheckResult {
  return { status: 'access_denied', reason: { code, message } };
}
