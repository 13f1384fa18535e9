import { eq } from 'drizzle-orm';
import { syncs } from '../../db/schema/index.ts';
import { removalHoldName, removalHoldWorkflowId, removalsSuperseded } from '../../workflows/contracts/removal-hold.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import type { ReconcilerJob } from './job.ts';
import { notifyStrandedRuns } from './notify-stranded-runs.ts';

/** The holds that operators find as waiting for an answer. */
const waitingHolds = `WorkflowType = '${removalHoldName}' AND ExecutionStatus = 'Running' AND ${searchAttributes.phase.name} = 'held'`;

/**
 * Ends removal holds that no longer need an answer (O17), in case the process that should have ended them could not: their
 * organization is gone, or a newer sync decided. A hold that is being answered at the same time follows its row instead.
 */
export const endOrphanedHolds: ReconcilerJob = {
  name: 'end-orphaned-holds',
  async run(context) {
    await notifyStrandedRuns(context, {
      query: waitingHolds,
      needed: async () => {
        const rows = await context.db.select({ id: syncs.id }).from(syncs).where(eq(syncs.heldRemovalsState, 'waiting'));
        return new Set(rows.map(({ id }) => removalHoldWorkflowId(id)));
      },
      notify: (hold) => hold.signal(removalsSuperseded, { bySyncId: null }),
      message: 'ended a removal hold that no longer needed an answer',
    });
  },
};
