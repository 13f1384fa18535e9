import { eq } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { credentialSets, delegationRequests } from '../../../db/schema/index.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import type { RoleCredentials } from '../../../db/sealing/secrets.ts';
import { formatRoleArn, type Partition } from '../../../domain/aws/arn.ts';
import type { Call } from '../../context.ts';

/** The role that Muster deployed for a cloud, and the credentials that hold its external id (D12). */
export interface Deployed {
  roleArn: string;
  credentialSetId: string;
}

/**
 * The deployed role of a cloud: asleep, or in use. Null if Muster deployed no role for the cloud, or no longer has its
 * external id.
 */
export async function findDeployed(db: Queryable, cloud: CloudRow): Promise<Deployed | null> {
  if (cloud.deployedCredentialSetId !== null) {
    const [set] = await db
      .select({ roleArn: credentialSets.roleArn })
      .from(credentialSets)
      .where(eq(credentialSets.id, cloud.deployedCredentialSetId));
    return set ? { roleArn: set.roleArn, credentialSetId: cloud.deployedCredentialSetId } : null;
  }
  if (cloud.delegationRequestId === null || cloud.stackName === null) return null;
  const [request] = await db
    .select({ roleName: delegationRequests.roleName })
    .from(delegationRequests)
    .where(eq(delegationRequests.id, cloud.delegationRequestId));
  // Other credentials may have replaced the deployed ones when they were still erased.
  const isInUse = !request || cloud.roleArn === formatRoleArn(cloud.partition as Partition, cloud.accountId, request.roleName);
  return isInUse ? { roleArn: cloud.roleArn, credentialSetId: cloud.credentialSetId } : null;
}

/** Decrypts the credentials of the deployed role. Null if they were erased since. */
export async function openDeployed(call: Call, { credentialSetId }: Deployed): Promise<RoleCredentials | null> {
  const { database, sealer } = call.deps;
  const [set] = await database.db
    .select({ sealed: credentialSets.sealed })
    .from(credentialSets)
    .where(eq(credentialSets.id, credentialSetId));
  return set ? await sealer.open<RoleCredentials>(set.sealed, { table: 'credential_sets', id: credentialSetId }) : null;
}
