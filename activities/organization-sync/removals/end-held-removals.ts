import { eq } from 'drizzle-orm';
import { writeAudit } from '../../../db/audit.ts';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import type { EndedHeldRemovals, HeldRemovalsEnding } from '../../../workflows/contracts/removal-hold.ts';
import { removalHoldActor } from '../../actor.ts';
import { isScopeReplaced } from '../../organization-keeper/is-scope-replaced.ts';
import { lockOrganizationOf } from '../../organization-keeper/lock-organization.ts';

/**
 * Ends a hold of removals, once; a second answer gets the first result. A confirmation covers only the removals that
 * the operator saw (O17). If the organization's scope has changed since the plan, it ends the hold as superseded,
 * because a sync with the new scope is under way. The same holds if the sync is gone with its organization.
 */
export async function endHeldRemovals(db: Database, { syncId, state, by }: HeldRemovalsEnding): Promise<{ state: EndedHeldRemovals }> {
  return await db.transaction(async (tx) => {
    // Keeps the organization's settings unchanged until the commit.
    const organization = await lockOrganizationOf(tx, syncId, 'share');
    const [sync] = await tx.select().from(syncs).where(eq(syncs.id, syncId)).for('no key update');
    if (!organization || !sync || sync.heldRemovalsState === null) return { state: 'superseded' };
    if (sync.heldRemovalsState !== 'waiting') return { state: sync.heldRemovalsState };
    const isOutdated = state === 'confirmed' && isScopeReplaced(sync, organization);
    const ended = isOutdated ? 'superseded' : state;
    await tx.update(syncs).set({ heldRemovalsState: ended, updatedAt: new Date() }).where(eq(syncs.id, syncId));
    await writeAudit(tx, {
      actor: removalHoldActor,
      action: `sync.removals_${ended}`,
      target: { type: 'sync', id: syncId },
      detail: { count: sync.heldRemovals, ...(by === null ? {} : { by }) },
    });
    return { state: ended };
  });
}
