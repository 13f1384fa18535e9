import { CancellationScope, getExternalWorkflowHandle, isCancellation, log, startChild, workflowInfo } from '@temporalio/workflow';
import { mustHoldRemovals } from '../../domain/organizations/removal-guard.ts';
import type { OrganizationSyncInput, PlanningFacts, SyncTimings } from '../contracts/organization-sync.ts';
import { removalHoldChild, removalHoldWorkflowId, removalsSuperseded } from '../contracts/removal-hold.ts';
import { bulk, registry } from '../lib/activity-options.ts';
import type { ProgressTracker } from '../lib/progress-tracker.ts';
import { rangesUpTo } from '../lib/ranges.ts';

/** The sync that planned the removals. */
interface Sync {
  readonly input: OrganizationSyncInput;
  readonly timings: SyncTimings;
  readonly progress: ProgressTracker;
}

/**
 * Removes the clouds that the plan removes, or holds the removals if they are too many (O17). After a listing with a gap it
 * does neither, because a missing account may only not have been reached. Returns the number of held removals.
 */
export async function removeOrHoldClouds(sync: Sync, facts: PlanningFacts, removals: number): Promise<number> {
  if (!facts.complete) return 0;
  await supersedeHolds(sync);
  if (removals === 0) return 0;
  if (mustHoldRemovals(removals, facts.clouds)) {
    await hold(sync, removals, facts.lastNumber);
    return removals;
  }
  await removeClouds(sync, facts.lastNumber, removals);
  return 0;
}

async function removeClouds({ input: { syncId }, timings, progress }: Sync, lastNumber: number, removals: number): Promise<void> {
  progress.show(`Removing ${removals} clouds that left the organization or its scope`);
  for (const range of rangesUpTo(lastNumber, timings.sliceSize)) {
    const { removed, released } = await bulk.removeClouds({ syncId, ...range });
    progress.count({ removed: removed + released });
  }
}

/** Ends the holds of earlier syncs, because the newer complete listing replaces their plans. */
async function supersedeHolds({ input }: Sync): Promise<void> {
  const { syncIds } = await registry.findHeldRemovals({ syncId: input.syncId });
  for (const syncId of syncIds) {
    await registry.endHeldRemovals({ syncId, state: 'superseded', by: null });
    try {
      await getExternalWorkflowHandle(removalHoldWorkflowId(syncId)).signal(removalsSuperseded, { bySyncId: input.syncId });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('a superseded hold has no run', { syncId });
    }
  }
}

/** Holds the removals until a person answers. The sync continues with its other steps. */
async function hold({ input: { syncId, awsOrganizationId } }: Sync, count: number, lastNumber: number): Promise<void> {
  const { workflowType, ...options } = removalHoldChild({ syncId, awsOrganizationId, count, lastNumber });
  await CancellationScope.nonCancellable(async () => {
    await registry.recordHeldRemovals({ syncId, count });
    // The child uses the queue of this run, which differs in tests.
    await startChild(workflowType, { ...options, taskQueue: workflowInfo().taskQueue });
  });
}
