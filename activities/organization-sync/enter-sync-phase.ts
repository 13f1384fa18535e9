import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import { syncPhases, type SyncPhase } from '../../domain/organizations/sync.ts';
import { organizationRemovedFailure } from '../organization-keeper/organization-removed-failure.ts';

/** Records the phase of a piece of work. Phases only go forward, so a late second run changes nothing. */
export async function enterSyncPhase(db: Database, { syncId, phase }: { syncId: string; phase: SyncPhase }): Promise<void> {
  const before = syncPhases.slice(0, syncPhases.indexOf(phase));
  await db
    .update(syncs)
    .set({ phase, updatedAt: new Date() })
    .where(and(eq(syncs.id, syncId), inArray(syncs.phase, before)));
  if ((await db.$count(syncs, eq(syncs.id, syncId))) > 0) return;
  throw organizationRemovedFailure(syncId);
}
