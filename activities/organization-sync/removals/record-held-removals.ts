import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import { missingUnits, nameIds } from '../../../domain/organizations/scope-ids.ts';

/**
 * Records that the planned removals are held for an operator (O17). Changes nothing if the hold has ended since. Names the
 * units of the scope that the listing lacks, which may be the reason of the removals.
 */
export async function recordHeldRemovals(
  db: Database,
  { syncId, count }: { syncId: string; count: number },
): Promise<{ missingUnits: string | null }> {
  await db
    .update(syncs)
    .set({ heldRemovals: count, heldRemovalsState: 'waiting', updatedAt: new Date() })
    .where(and(eq(syncs.id, syncId), isNull(syncs.heldRemovalsState)));
  const [row] = await db.select({ unknown: syncs.unknownScopeIds }).from(syncs).where(eq(syncs.id, syncId));
  const missing = missingUnits(row?.unknown ?? []);
  return { missingUnits: missing.length === 0 ? null : nameIds(missing) };
}
