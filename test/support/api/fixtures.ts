import type { InferInsertModel } from 'drizzle-orm';
import { eq } from 'drizzle-orm';
import { newId } from '../../../db/ids.ts';
import { clouds, credentialSets, delegationRequests, nicknames } from '../../../db/schema/index.ts';
import { formatRoleArn } from '../../../domain/aws/arn.ts';
import { normalizeNickname } from '../../../domain/nicknames/normalize.ts';
import { insertOrganization } from '../organizations.ts';
import type { ApiHarness } from './harness.ts';

let counter = 0;

/** An account id that no other test of this process uses. */
export function freshAccountId(): string {
  counter += 1;
  return String(100_000_000_000 + counter);
}

/** A body that a create call accepts. */
export function newRequest(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const accountId = freshAccountId();
  return { nickname: `account ${accountId}`, scope: 'account', accountId, roleName: 'muster-harvesting', acknowledged: true, ...changes };
}

/** Ends a request as its workflow does: sets the phase and frees the nickname. */
export async function endRequest(
  api: ApiHarness,
  id: string,
  phase: 'rejected' | 'expired' | 'failed' | 'cancelled' | 'completed',
  failure?: { code: string; message: string },
): Promise<void> {
  await api.database.db
    .update(delegationRequests)
    .set({ phase, failureCode: failure?.code ?? null, failureMessage: failure?.message ?? null })
    .where(eq(delegationRequests.id, id));
  await api.database.db.delete(nicknames).where(eq(nicknames.ownerId, id));
}

/** Inserts a cloud in the state after its onboarding, with its nickname and its sealed credentials. */
export async function insertCloud(
  api: ApiHarness,
  changes: Partial<InferInsertModel<typeof clouds>> & { externalId?: string } = {},
): Promise<{ id: string; accountId: string; credentialSetId: string; roleArn: string; externalId: string }> {
  const { externalId = `external-id-${newId()}`, ...columns } = changes;
  const accountId = columns.accountId ?? freshAccountId();
  const roleArn = columns.roleArn ?? formatRoleArn('aws', accountId, 'muster-harvesting');
  const [id, credentialSetId] = [newId(), newId()];
  const secret = { roleArn, externalId, sessionName: 'muster-onboarding', durationSeconds: 3_600 };
  const sealed = await api.sealer.seal(secret, { table: 'credential_sets', id: credentialSetId });
  const { db } = api.database;
  if (columns.managed && !columns.organizationId) columns.organizationId = (await insertOrganization(db, api.sealer)).id;
  await db.insert(credentialSets).values({ id: credentialSetId, roleArn, sealed: sealed.bytes, keyId: sealed.keyId });
  await db.insert(clouds).values({
    id,
    partition: 'aws',
    accountId,
    nickname: `cloud ${accountId}`,
    status: 'ok',
    roleArn,
    credentialSetId,
    delegationRequestId: newId(),
    stackName: 'muster-onboarding',
    ...columns,
  });
  const nickname = columns.nickname === undefined ? `cloud ${accountId}` : columns.nickname;
  if (nickname !== null) {
    await db.insert(nicknames).values({ normalized: normalizeNickname(nickname), nickname, ownerType: 'cloud', ownerId: id });
  }
  return { id, accountId, credentialSetId, roleArn, externalId };
}
