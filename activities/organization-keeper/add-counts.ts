import { and, eq, notInArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { SyncCounts } from '../../domain/organizations/sync.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';

/**
 * Adds to the counts of a sync, last in a transaction. It is also the fence: the row stays locked until the commit. So
 * the end of the sync, and the start of the next one, come either before this transaction or after it. A transaction
 * after the end is rolled back.
 */
export async function addCounts(tx: Transaction, syncId: string, counts: Partial<SyncCounts>): Promise<void> {
  refuseEnded(
    await tx
      .update(syncs)
      .set({ counts: sum(sql`${syncs.counts}`, counts), updatedAt: new Date() })
      .where(alive(syncId))
      .returning({ id: syncs.id }),
  );
}

/** The same for badging counts. */
export async function addBadgingCounts(tx: Transaction, syncId: string, counts: BadgingCounts): Promise<void> {
  refuseEnded(
    await tx
      .update(syncs)
      .set({ badgingCounts: sum(sql`coalesce(${syncs.badgingCounts}, '{}')`, counts), updatedAt: new Date() })
      .where(alive(syncId))
      .returning({ id: syncs.id }),
  );
}

const alive = (syncId: string) => and(eq(syncs.id, syncId), notInArray(syncs.phase, ['completed', 'failed', 'cancelled']));

/** The counts of a sync with one of them set to the number of its rows. Repeating it changes nothing. */
export function withCount(name: keyof SyncCounts, count: number) {
  return sql`${syncs.counts} || ${JSON.stringify({ [name]: count })}::jsonb`;
}

function sum(counts: ReturnType<typeof sql>, added: object) {
  return sql`(
    select jsonb_object_agg(key, coalesce((total.counts->>key)::int, 0) + coalesce((added.counts->>key)::int, 0))
    from (select ${counts} as counts) total, (select ${JSON.stringify(added)}::jsonb as counts) added,
      lateral jsonb_object_keys(total.counts || added.counts) as key
  )`;
}

function refuseEnded(updated: readonly unknown[]): void {
  if (updated.length === 0) {
    throw failure(failureTypes.precondition, 'This piece of work has ended, so its late results were dropped', { code: 'sync_ended' });
  }
}

/** Counts removals, also for a sync that ended long ago: its removals may have been held (O17). */
export async function countRemoved(tx: Transaction, syncId: string, removed: number): Promise<void> {
  await tx
    .update(syncs)
    .set({ counts: sum(sql`${syncs.counts}`, { removed }), updatedAt: new Date() })
    .where(eq(syncs.id, syncId));
}
