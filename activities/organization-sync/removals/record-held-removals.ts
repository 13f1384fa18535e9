import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';

/** Writes that the planned removals are held for a person (O17). What became of them since stays. */
export async function recordHeldRemovals(db: Database, { syncId, count }: { syncId: string; count: number }): Promise<void> {
  await db
    .update(syncs)
    .set({ heldRemovals: count, heldRemovalsState: 'waiting', updatedAt: new Date() })
    .where(and(eq(syncs.id, syncId), isNull(syncs.heldRemovalsState)));
}
