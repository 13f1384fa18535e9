import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from './client.ts';
import { delegationEvents, delegationRequests } from './schema/index.ts';

/** An entry of a request's timeline, which may have been written before. */
export interface NewTimelineEntry {
  /** Identifies the event: entries with the same key are stored once per request. */
  key: string;
  /** ISO 8601. */
  at: string;
  type: string;
  message: string;
  detail?: Record<string, unknown>;
}

/**
 * Appends the new entries to a request's timeline. Their numbers come from the request's row, which stays locked until the
 * transaction ends. Numbers therefore become visible in order, and a reader who saw one misses no smaller one.
 */
export async function appendTimeline(tx: Transaction, requestId: string, entries: readonly NewTimelineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.select({ id: delegationRequests.id }).from(delegationRequests).where(eq(delegationRequests.id, requestId)).for('update');
  const known = await tx
    .select({ key: delegationEvents.key })
    .from(delegationEvents)
    .where(
      and(
        eq(delegationEvents.requestId, requestId),
        inArray(
          delegationEvents.key,
          entries.map((entry) => entry.key),
        ),
      ),
    );
  const written = new Set(known.map((row) => row.key));
  const fresh = entries.filter((entry) => !written.has(entry.key) && written.add(entry.key));
  if (fresh.length === 0) return;
  const [parent] = await tx
    .update(delegationRequests)
    .set({ lastEventNumber: sql`${delegationRequests.lastEventNumber} + ${fresh.length}`, updatedAt: new Date() })
    .where(eq(delegationRequests.id, requestId))
    .returning({ last: delegationRequests.lastEventNumber });
  if (!parent) return;
  const first = parent.last - fresh.length + 1;
  await tx.insert(delegationEvents).values(
    fresh.map((entry, index) => ({
      requestId,
      number: first + index,
      key: entry.key,
      at: new Date(entry.at),
      type: entry.type,
      message: entry.message,
      detail: entry.detail ?? {},
    })),
  );
}
