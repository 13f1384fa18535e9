import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { eraseUnusedCredentials } from '../../../db/credential-sets.ts';
import { newId } from '../../../db/ids.ts';
import { clouds, credentialSets } from '../../../db/schema/index.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import type { RoleCredentials } from '../../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../../domain/aws/arn.ts';
import type { Call } from '../../context.ts';
import { conflict, invalid } from '../../problems/errors.ts';
import { toCloud, type Cloud } from '../../schemas/cloud.ts';
import { recordAudit } from '../audit/record.ts';
import { refuseOwnRole } from '../own-account.ts';
import { requireTemporal } from '../temporal.ts';
import { findCloud, lockCloud, refuseManaged } from './find.ts';
import { startRecheck } from './recheck.ts';

/**
 * Replaces a cloud's credentials, erases the old credentials and starts a check, which replaces a running check. Muster
 * keeps the external id of a role that it deployed, and refuses another one (D12). Throws not_found, cloud_is_managed,
 * own_account, invalid_input, credentials_changed, temporal_unavailable.
 */
export async function replaceCredentials(call: Call, id: string, input: RoleCredentials): Promise<Cloud> {
  const { database, sealer } = call.deps;
  const before = await findCloud(database.db, id);
  refuseManaged(before);
  refuseOwnRole(call, input.roleArn, '/roleArn');
  refuseForeignRole(before, input.roleArn);
  await requireTemporal(call);
  const secret = await withDeployedExternalId(call, before, input);
  const newSetId = newId();
  const sealed = await sealer.seal(secret, { table: 'credential_sets', id: newSetId });
  const after = await database.db.transaction(async (tx) => {
    const cloud = await lockCloud(tx, id);
    refuseManaged(cloud);
    await tx.insert(credentialSets).values({ id: newSetId, roleArn: input.roleArn, sealed: sealed.bytes, keyId: sealed.keyId });
    const updated = await pointTo(tx, cloud, newSetId, input.roleArn);
    await recordAudit(tx, call, {
      action: 'cloud.credentials_replaced',
      target: { type: 'cloud', id },
      detail: { from: cloud.roleArn, to: input.roleArn },
    });
    return updated;
  });
  await startRecheck(call, after, 'replace', 'The credentials are saved, but Temporal did not start their check. Repeat the call.');
  return toCloud(after);
}

function refuseForeignRole(cloud: CloudRow, roleArn: string): void {
  const role = parseRoleArn(roleArn);
  if (role?.accountId === cloud.accountId && role.partition === cloud.partition) return;
  throw invalid([
    {
      pointer: '/roleArn',
      message: `The role must be in this cloud's account: arn:${cloud.partition}:iam::${cloud.accountId}:role/NAME.`,
    },
  ]);
}

async function withDeployedExternalId(call: Call, cloud: CloudRow, input: RoleCredentials): Promise<RoleCredentials> {
  const isDeployedRole = cloud.delegationRequestId !== null && cloud.stackName !== null && input.roleArn === cloud.roleArn;
  if (!isDeployedRole) return input;
  if (input.externalId !== undefined) {
    throw invalid([
      {
        pointer: '/externalId',
        message: 'Muster generated the external id of this role when it deployed the role, and keeps it. Leave it out.',
      },
    ]);
  }
  const { db } = call.deps.database;
  const [set] = await db.select({ sealed: credentialSets.sealed }).from(credentialSets).where(eq(credentialSets.id, cloud.credentialSetId));
  if (!set) throw conflict('credentials_changed', 'Another call replaced the credentials at the same moment. Retry the call.');
  const { externalId } = await call.deps.sealer.open<RoleCredentials>(set.sealed, { table: 'credential_sets', id: cloud.credentialSetId });
  return externalId === undefined ? input : { ...input, externalId };
}

async function pointTo(tx: Transaction, cloud: CloudRow, credentialSetId: string, roleArn: string): Promise<CloudRow> {
  const [updated] = await tx
    .update(clouds)
    .set({ credentialSetId, roleArn, status: 'pending', statusCode: null, statusMessage: null, warnings: [], updatedAt: new Date() })
    .where(eq(clouds.id, cloud.id))
    .returning();
  await eraseUnusedCredentials(tx, [cloud.credentialSetId]);
  return updated!;
}
