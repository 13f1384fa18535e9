import { eq } from 'drizzle-orm';
import { clouds, credentialSets, delegationRequests } from '../../db/schema/index.ts';
import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';

type Vault = Pick<ActivityDependencies, 'db' | 'sealer'>;

/** Opens the credential set of a request. */
export async function openRequestCredentials({ db, sealer }: Vault, requestId: string): Promise<RoleCredentials> {
  const [row] = await db
    .select({ id: credentialSets.id, sealed: credentialSets.sealed })
    .from(delegationRequests)
    .innerJoin(credentialSets, eq(credentialSets.id, delegationRequests.credentialSetId))
    .where(eq(delegationRequests.id, requestId));
  if (!row) {
    throw failure(failureTypes.precondition, `The credentials of request ${requestId} are no longer kept`, { code: 'credentials_erased' });
  }
  return await sealer.open<RoleCredentials>(row.sealed, { table: 'credential_sets', id: row.id });
}

/** Opens the credential set of a cloud; null when the cloud is gone. */
export async function openCloudCredentials({ db, sealer }: Vault, cloudId: string): Promise<RoleCredentials | null> {
  const [row] = await db
    .select({ id: credentialSets.id, sealed: credentialSets.sealed })
    .from(clouds)
    .innerJoin(credentialSets, eq(credentialSets.id, clouds.credentialSetId))
    .where(eq(clouds.id, cloudId));
  return row ? await sealer.open<RoleCredentials>(row.sealed, { table: 'credential_sets', id: row.id }) : null;
}
