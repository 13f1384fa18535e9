import { eq } from 'drizzle-orm';
import { writeAudit } from '../../../db/audit.ts';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import type { EndedHeldRemovals, HeldRemovalsEnding } from '../../../workflows/contracts/removal-hold.ts';
import { removalHoldActor } from '../../actor.ts';
import { isScopeReplaced } from '../../organization-keeper/is-scope-replaced.ts';
import { lockOrganizationOf } from '../../organization-keeper/lock-organization.ts';

/**
 * Ends a hold that waits, once: whoever comes second is told how it ended. A yes is bound to what was shown (O17), so one
 * to removals that were planned under another scope than that of now ends the hold as superseded: a sync by the new one
 * is under way. So does the end of a sync that is gone with its organization.
 */
export async function endHeldRemovals(db: Database, { syncId, state, by }: HeldRemovalsEnding): Promise<{ state: EndedHeldRemovals }> {
  return await db.transaction(async (tx) => {
    // The organization's settings stand still until this is written.
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
