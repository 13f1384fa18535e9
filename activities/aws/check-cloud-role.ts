import { ApplicationFailure } from '@temporalio/common';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { standingAfter } from '../../domain/clouds/check.ts';
import type { CloudCheckResult } from '../../workflows/contracts/activities.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { openCloudCredentials } from '../registry/open-credentials.ts';
import { findPlace } from '../registry/organizations/find-place.ts';
import { loadPathPolicies } from '../registry/organizations/load-path-policies.ts';
import { checkRole } from './check-role.ts';
import { awsFailure } from './errors.ts';

/**
 * Checks one cloud's role, by its own credentials or its organization's. A refusal is a status with its reason, gaps in
 * the role's permissions are warnings; null when the cloud is gone.
 */
export async function checkCloudRole(
  dependencies: ActivityDependencies,
  { cloudId }: { cloudId: string },
): Promise<CloudCheckResult | null> {
  const credentials = await openCloudCredentials(dependencies, cloudId);
  if (!credentials) return null;
  const { role, accessKey } = credentials;
  const { db, aws } = dependencies;
  const place = await findPlace(db, cloudId);
  const { accountId } = parseRoleArn(role.roleArn)!;
  const loadPath = async () => (place ? await loadPathPolicies(db, { place, accountId, syncId: null }) : []);
  try {
    return standingAfter(await checkRole(aws, { credentials: role, accessKey, place, loadPath }), null);
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw awsFailure(error, `The role ${role.roleArn} could not be tried`);
  }
}
