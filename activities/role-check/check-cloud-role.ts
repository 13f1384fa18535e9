import { ApplicationFailure } from '@temporalio/common';
import { loadProofs, saveProofs, type RoleProof } from '../../db/external-id-proofs.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { standingAfter } from '../../domain/clouds/check.ts';
import type { ExternalIdProof } from '../../domain/clouds/external-id-proof.ts';
import type { CloudCheckResult } from '../../workflows/contracts/cloud-recheck.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { openCloudCredentials } from '../open-credentials.ts';
import { findCloudPlace } from './find-cloud-place.ts';
import { loadPathPolicies } from './load-path-policies.ts';
import { checkMember, type FreshRoleTries } from './check-member.ts';
import { awsFailure } from '../aws/errors.ts';
import { MemberStackSetReader } from './member-stack-set-reader.ts';

/** An operator waits for the result, so a new role gets only two retries. */
const tries: FreshRoleTries = { times: 2, pauseMs: 2_000 };

/**
 * Checks the role of one cloud with its own credentials or its organization's. A refusal is a status with its reason;
 * missing permissions are warnings. Null if the cloud is gone.
 */
export async function checkCloudRole(
  dependencies: ActivityDependencies,
  { cloudId }: { cloudId: string },
): Promise<CloudCheckResult | null> {
  const credentials = await openCloudCredentials(dependencies, cloudId);
  if (!credentials) return null;
  const { credentialSetId, managed, role, accessKey, organization } = credentials;
  const { db, aws } = dependencies;
  const place = await findCloudPlace(db, cloudId);
  const { accountId } = parseRoleArn(role.roleArn)!;
  const loadPath = async () => (place ? await loadPathPolicies(db, { place, accountId, syncId: null }) : []);
  const reader = organization?.memberStackSet
    ? new MemberStackSetReader(aws, { organizationRole: organization.role, accessKey, stackSet: organization.memberStackSet })
    : null;
  const account = { accountId, ancestors: place?.ancestors ?? null };
  const proof = (await loadProofs(db, credentialSetId, [role.roleArn])).get(role.roleArn) ?? null;
  const proofs: RoleProof[] = [];
  const keepProof = (kept: ExternalIdProof) => proofs.push({ roleArn: role.roleArn, ...kept });
  try {
    const harvesting = { credentials: role, accessKey, place, loadPath, proof, keepProof, warnsOfAbsentExternalId: !managed };
    const outcome = await checkMember(aws, harvesting, reader && { account, reader, tries });
    return { ...standingAfter(outcome, null), credentialSetId };
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw awsFailure(error, `The role ${role.roleArn} could not be checked`);
  } finally {
    await reader?.close();
    await saveProofs(db, credentialSetId, proofs);
  }
}
