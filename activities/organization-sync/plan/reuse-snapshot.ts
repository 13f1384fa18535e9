import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import { withCount } from '../../organization-keeper/add-counts.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/**
 * Copies the organization's newest complete sync into a preview's own snapshot, so that the preview outlives that sync.
 * Checks keep their outcomes. Null if no complete sync exists.
 */
export async function reuseSnapshot(db: Database, { syncId }: { syncId: string }): Promise<{ lastNumber: number } | null> {
  return await db.transaction(async (tx) => {
    const [preview] = await tx.select().from(syncs).where(eq(syncs.id, syncId)).for('no key update');
    if (!preview) throw organizationRemovedFailure(syncId);
    if (preview.listingCompletedAt) return { lastNumber: preview.lastAccountNumber };
    if (preview.organizationId === null) return null;
    const [source] = await tx
      .select({ id: syncs.id, listingCompletedAt: syncs.listingCompletedAt })
      .from(syncs)
      .where(
        and(
          eq(syncs.organizationId, preview.organizationId),
          eq(syncs.kind, 'sync'),
          eq(syncs.phase, 'completed'),
          isNotNull(syncs.listingCompletedAt),
        ),
      )
      .orderBy(desc(syncs.listingCompletedAt))
      .limit(1)
      // The lock keeps its rows from being deleted while they are copied.
      .for('key share');
    if (!source) return null;

    // Clouds that were not listed have numbers among the others. They are left out, and the numbers close up.
    const accounts = await tx.execute(sql`
      insert into sync_accounts (sync_id, account_id, number, pass, name, email, state, joined_at, ancestors,
        check_state, status, status_reason, warnings, checked_at)
      select ${syncId}::uuid, account_id, row_number() over (order by number), pass, name, email, state, joined_at, ancestors,
        check_state, status, status_reason, warnings, checked_at
      from sync_accounts where sync_id = ${source.id} and pass is not null
      returning 1`);
    await tx.execute(sql`
      insert into sync_organizational_units (sync_id, ou_id, parent_id, name)
      select ${syncId}::uuid, ou_id, parent_id, name from sync_organizational_units where sync_id = ${source.id}`);
    await tx.execute(sql`
      insert into sync_account_tags (sync_id, account_id, tags)
      select ${syncId}::uuid, account_id, tags from sync_account_tags where sync_id = ${source.id}`);
    await tx.execute(sql`
      insert into sync_policies (sync_id, policy_id, name, description, aws_managed, content)
      select ${syncId}::uuid, policy_id, name, description, aws_managed, content from sync_policies where sync_id = ${source.id}`);
    await tx.execute(sql`
      insert into sync_policy_attachments (sync_id, policy_id, target_id)
      select ${syncId}::uuid, policy_id, target_id from sync_policy_attachments where sync_id = ${source.id}`);
    await tx
      .update(syncs)
      .set({
        lastAccountNumber: accounts.length,
        listingCompletedAt: source.listingCompletedAt,
        counts: withCount('listed', accounts.length),
        updatedAt: new Date(),
      })
      .where(eq(syncs.id, syncId));
    return { lastNumber: accounts.length };
  });
}
