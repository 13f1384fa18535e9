import { and, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { syncAccountTags } from '../../../db/schema/index.ts';

export interface AccountTags {
  accountId: string;
  tags: Record<string, string>;
}

/** Writes the tags of accounts, and overwrites earlier ones. */
export async function writeTags(tx: Transaction, syncId: string, accounts: readonly AccountTags[]): Promise<void> {
  if (accounts.length === 0) return;
  await tx
    .insert(syncAccountTags)
    .values(accounts.map((account) => ({ syncId, ...account })))
    .onConflictDoUpdate({ target: [syncAccountTags.syncId, syncAccountTags.accountId], set: { tags: sql`excluded.tags` } });
}

/** Deletes all tags of a sync. */
export async function dropTags(tx: Transaction, syncId: string): Promise<void> {
  await tx.delete(syncAccountTags).where(eq(syncAccountTags.syncId, syncId));
}

/** Records that accounts without a row have no tags. */
export async function writeNoTags(tx: Transaction, syncId: string): Promise<void> {
  await tx.execute(sql`
    insert into sync_account_tags (sync_id, account_id, tags)
    select a.sync_id, a.account_id, '{}'::jsonb from sync_accounts a where a.sync_id = ${syncId}
    on conflict do nothing`);
}

/** A random listed account with tags and a random one without, as far as they were read; null if there is none. */
export async function drawTagSamples(db: Database, syncId: string): Promise<{ present: AccountTags | null; absent: AccountTags | null }> {
  const [present] = await db
    .select({ accountId: syncAccountTags.accountId, tags: syncAccountTags.tags })
    .from(syncAccountTags)
    .where(
      and(
        eq(syncAccountTags.syncId, syncId),
        sql`${syncAccountTags.tags} <> '{}'::jsonb`,
        // The tagging API may return accounts that have left.
        sql`exists (select from sync_accounts a where a.sync_id = ${syncId} and a.account_id = ${syncAccountTags.accountId})`,
      ),
    )
    .orderBy(sql`random()`)
    .limit(1);
  const [absent] = await db.execute<{ account_id: string }>(sql`
    select a.account_id from sync_accounts a
    left join sync_account_tags t on t.sync_id = a.sync_id and t.account_id = a.account_id
    where a.sync_id = ${syncId} and t.account_id is null
    order by random() limit 1`);
  return { present: present ?? null, absent: absent ? { accountId: absent.account_id, tags: {} } : null };
}
