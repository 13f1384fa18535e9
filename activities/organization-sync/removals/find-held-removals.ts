import { and, asc, eq, lt } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/** The earlier syncs of the same organization with held removals (O17), oldest first. */
export async function findHeldRemovals(db: Database, { syncId }: { syncId: string }): Promise<{ syncIds: string[] }> {
  const [sync] = await db.select().from(syncs).where(eq(syncs.id, syncId));
  if (!sync) throw organizationRemovedFailure(syncId);
  if (sync.organizationId === null) return { syncIds: [] };
  const rows = await db
    .select({ id: syncs.id })
    .from(syncs)
    .where(
      and(
        eq(syncs.organizationId, sync.organizationId),
        eq(syncs.kind, 'sync'),
        lt(syncs.createdAt, sync.createdAt),
        eq(syncs.heldRemovalsState, 'waiting'),
      ),
    )
    .orderBy(asc(syncs.createdAt), asc(syncs.id));
  return { syncIds: rows.map(({ id }) => id) };
}
