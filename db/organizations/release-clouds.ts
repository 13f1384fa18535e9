import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { organizationBadgeKeys } from '../../domain/badges/organization-badges.ts';
import type { Transaction } from '../client.ts';
import { rememberClouds } from '../clouds/remember-clouds.ts';
import { eraseUnusedCredentials } from '../credential-sets.ts';
import { inIds } from '../in-ids.ts';
import { badges, clouds, credentialSets, nicknames } from '../schema/index.ts';

export interface ReleasedCloud {
  id: string;
  accountId: string;
  nickname: string | null;
}

/**
 * Takes clouds from their organization (O11, O13): all clouds, or only `ids`. Returns the clouds that it took.
 * - `delete`: removes the clouds from the listing, frees their nicknames and erases their own credentials. Muster remembers
 *   them if `remember` is true (C5).
 * - `release`: keeps the clouds as unmanaged. A cloud's own credentials return, and the cloud waits for a check with them. A
 *   cloud without credentials of its own keeps the organization's set, which therefore stays.
 *
 * A caller that removes an organization locks its row first, so that no sync adds a cloud afterwards. After it deletes the
 * row, the caller passes the organization's credential set to eraseUnusedCredentials.
 */
export async function releaseClouds(
  tx: Transaction,
  organizationId: string,
  effect: 'delete' | 'release',
  { ids, remember = false }: { ids?: readonly string[]; remember?: boolean } = {},
): Promise<ReleasedCloud[]> {
  const rows = await tx
    .select({
      id: clouds.id,
      accountId: clouds.accountId,
      nickname: clouds.nickname,
      sleeping: clouds.sleepingCredentialSetId,
      deployed: clouds.deployedCredentialSetId,
    })
    .from(clouds)
    .where(and(eq(clouds.organizationId, organizationId), ids ? inIds(clouds.id, ids) : undefined))
    .orderBy(asc(clouds.accountId))
    .for('update');
  if (rows.length === 0) return [];
  const taken = rows.map(({ id }) => id);
  if (effect === 'release') {
    await releaseAll(tx, taken);
  } else {
    if (remember) await rememberClouds(tx, taken);
    await tx.delete(nicknames).where(and(eq(nicknames.ownerType, 'cloud'), inIds(nicknames.ownerId, taken)));
    await tx.delete(clouds).where(inIds(clouds.id, taken));
    await eraseUnusedCredentials(
      tx,
      rows.flatMap(({ sleeping, deployed }) => [sleeping ?? [], deployed ?? []].flat()),
    );
  }
  return rows.map(({ id, accountId, nickname }) => ({ id, accountId, nickname }));
}

async function releaseAll(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.delete(badges).where(and(inIds(badges.cloudId, ids), inArray(badges.key, Object.values(organizationBadgeKeys))));
  const own = sql`${clouds.sleepingCredentialSetId} is not null`;
  const roleOfOwn = tx
    .select({ roleArn: credentialSets.roleArn })
    .from(credentialSets)
    .where(eq(credentialSets.id, clouds.sleepingCredentialSetId));
  await tx
    .update(clouds)
    .set({
      managed: false,
      organizationId: null,
      organizationParentId: null,
      organizationPath: null,
      credentialSetId: sql`coalesce(${clouds.sleepingCredentialSetId}, ${clouds.credentialSetId})`,
      sleepingCredentialSetId: null,
      roleArn: sql`coalesce((${roleOfOwn}), ${clouds.roleArn})`,
      // The last check used the organization's role and says nothing about the cloud's own credentials.
      status: sql`case when ${own} and ${clouds.status} <> 'suspended' then 'pending' else ${clouds.status} end`,
      statusCode: sql`case when ${own} and ${clouds.status} <> 'suspended' then null else ${clouds.statusCode} end`,
      statusMessage: sql`case when ${own} and ${clouds.status} <> 'suspended' then null else ${clouds.statusMessage} end`,
      warnings: sql`case when ${own} then '[]'::jsonb else ${clouds.warnings} end`,
      lastCheckedAt: sql`case when ${own} then null else ${clouds.lastCheckedAt} end`,
      claimedUntil: null,
      updatedAt: new Date(),
    })
    .where(inIds(clouds.id, ids));
}
