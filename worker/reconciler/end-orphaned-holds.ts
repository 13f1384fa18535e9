import { eq } from 'drizzle-orm';
import { syncs } from '../../db/schema/index.ts';
import { removalHoldName, removalHoldWorkflowId, removalsSuperseded } from '../../workflows/contracts/removal-hold.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import type { ReconcilerJob } from './job.ts';
import { notifyStrandedRuns } from './notify-stranded-runs.ts';

/** What an operator finds as waiting for an answer. */
const waitingHolds = `WorkflowType = '${removalHoldName}' AND ExecutionStatus = 'Running' AND ${searchAttributes.phase.name} = 'held'`;

/**
 * Ends the holds that no answer can change any more (O17), because whoever should have told them could not: their sync is
 * gone with its organization, or a newer one has decided. One that is being answered just then goes by its row, not by this.
 */
export const endOrphanedHolds: ReconcilerJob = {
  name: 'end-orphaned-holds',
  async run(context) {
    await notifyStrandedRuns(context, {
      query: waitingHolds,
      wanted: async () => {
        const rows = await context.db.select({ id: syncs.id }).from(syncs).where(eq(syncs.heldRemovalsState, 'waiting'));
        return new Set(rows.map(({ id }) => removalHoldWorkflowId(id)));
      },
      notify: (hold) => hold.signal(removalsSuperseded, { bySyncId: null }),
      message: 'ended a hold that no answer could change any more',
    });
  },
};
