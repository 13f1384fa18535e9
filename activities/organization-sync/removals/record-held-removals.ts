import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';

/** Records that the planned removals are held for an operator (O17). Changes nothing if the hold has ended since. */
export async function recordHeldRemovals(db: Database, { syncId, count }: { syncId: string; count: number }): Promise<void> {
  await db
    .update(syncs)
    .set({ heldRemovals: count, heldRemovalsState: 'waiting', updatedAt: new Date() })
    .where(and(eq(syncs.id, syncId), isNull(syncs.heldRemovalsState)));
}
