import { CancellationScope, getExternalWorkflowHandle, isCancellation, log, patched, startChild, workflowInfo } from '@temporalio/workflow';
import { emptyOrganization, exceedRemovalLimit } from '../../domain/organizations/removal-guard.ts';
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

/** Numbers of removals that a plan contains. */
export interface PlannedRemovals {
  all: number;
  /** The removals that a person confirmed by switching `autoRemoveSuspended` on (O8). */
  confirmed: number;
}

/**
 * Removes the clouds that the plan removes, or holds the removals if they are too many or would empty the organization (O17).
 * Confirmed removals are never held. After a listing with a gap it does neither, because a missing account may only not have
 * been reached. Returns the number of held removals.
 */
export async function removeOrHoldClouds(sync: Sync, facts: PlanningFacts, { all, confirmed }: PlannedRemovals): Promise<number> {
  if (!facts.complete) return 0;
  await supersedeHolds(sync);
  if (all === 0) return 0;
  const unconfirmed = all - confirmed;
  if (!mustHold(unconfirmed, facts.clouds - confirmed)) {
    await removeClouds(sync, facts.lastNumber, all);
    return 0;
  }
  if (confirmed > 0) await removeClouds(sync, facts.lastNumber, confirmed, { onlyConfirmed: true });
  await hold(sync, unconfirmed, facts.lastNumber);
  return unconfirmed;
}

/** Runs of older versions removed up to five clouds at once, even if no cloud remained. */
function mustHold(removals: number, clouds: number): boolean {
  return exceedRemovalLimit(removals, clouds) || (emptyOrganization(removals, clouds) && patched('hold-emptying-removals'));
}

async function removeClouds(
  { input: { syncId }, timings, progress }: Sync,
  lastNumber: number,
  removals: number,
  which: { onlyConfirmed?: boolean } = {},
): Promise<void> {
  progress.show(`Removing ${removals} clouds that left the organization or its scope`);
  for (const range of rangesUpTo(lastNumber, timings.sliceSize)) {
    const { removed, released } = await bulk.removeClouds({ syncId, ...range, ...which });
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
  await CancellationScope.nonCancellable(async () => {
    const missingUnits = (await registry.recordHeldRemovals({ syncId, count }))?.missingUnits;
    const input = { syncId, awsOrganizationId, count, lastNumber, ...(missingUnits ? { missingUnits } : {}) };
    const { workflowType, ...options } = removalHoldChild(input);
    // The child uses the queue of this run, which differs in tests.
    await startChild(workflowType, { ...options, taskQueue: workflowInfo().taskQueue });
  });
}
