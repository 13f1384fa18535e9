import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { organizationBadgeKeys } from '../../domain/badges/organization-badges.ts';
import type { Transaction } from '../client.ts';
import { eraseUnusedCredentials } from '../credential-sets.ts';
import { inIds } from '../in-ids.ts';
import { badges, clouds, credentialSets, nicknames } from '../schema/index.ts';

export interface ReleasedCloud {
  id: string;
  accountId: string;
  nickname: string | null;
}

/**
 * Takes clouds from their organization (O11, O13), all of them or those of `ids`; answers which.
 * - `delete`: they leave the listing; their nicknames are free again, and credentials of their own are erased.
 * - `release`: they stay, managed by nobody. Credentials of their own return, and the cloud waits for a check by them;
 *   one that has none is still reached by the organization's set, which it keeps alive.
 *
 * Who removes an organization locks its row first, so that no sync adds a cloud behind this, and hands the set of the
 * organization to eraseUnusedCredentials after the row is gone.
 */
export async function releaseClouds(
  tx: Transaction,
  organizationId: string,
  effect: 'delete' | 'release',
  ids?: readonly string[],
): Promise<ReleasedCloud[]> {
  const rows = await tx
    .select({ id: clouds.id, accountId: clouds.accountId, nickname: clouds.nickname, sleeping: clouds.sleepingCredentialSetId })
    .from(clouds)
    .where(and(eq(clouds.organizationId, organizationId), ids ? inIds(clouds.id, ids) : undefined))
    .orderBy(asc(clouds.accountId))
    .for('update');
  if (rows.length === 0) return [];
  const settled = rows.map(({ id }) => id);
  if (effect === 'release') {
    await releaseAll(tx, settled);
  } else {
    await tx.delete(nicknames).where(and(eq(nicknames.ownerType, 'cloud'), inIds(nicknames.ownerId, settled)));
    await tx.delete(clouds).where(inIds(clouds.id, settled));
    await eraseUnusedCredentials(
      tx,
      rows.flatMap(({ sleeping }) => sleeping ?? []),
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
      // How the organization's role answered says nothing of the cloud's own.
      status: sql`case when ${own} and ${clouds.status} <> 'suspended' then 'pending' else ${clouds.status} end`,
      statusCode: sql`case when ${own} and ${clouds.status} <> 'suspended' then null else ${clouds.statusCode} end`,
      statusMessage: sql`case when ${own} and ${clouds.status} <> 'suspended' then null else ${clouds.statusMessage} end`,
      warnings: sql`case when ${own} then '[]'::jsonb else ${clouds.warnings} end`,
      lastCheckedAt: sql`case when ${own} then null else ${clouds.lastCheckedAt} end`,
      updatedAt: new Date(),
    })
    .where(inIds(clouds.id, ids));
}
