import { CancellationScope, isCancellation, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { noBadgingCounts, type BadgingCounts } from '../domain/badges/counts.ts';
import { bulk, sweep } from './lib/activity-options.ts';
import { readActivityProblem } from './lib/activity-problem.ts';
import { autoBadgingProgressQuery, type AutoBadgingInput, type AutoBadgingResult } from './contracts/auto-badging.ts';
import { syncTimings } from './contracts/organization-sync.ts';
import { searchAttributes } from './contracts/search-attributes.ts';
import { forEachSlice } from './lib/slices.ts';
import { ProgressTracker } from './lib/progress-tracker.ts';
import * as outcomes from './lib/sync-outcomes.ts';

/** Runs both stages of auto-badging for an organization's clouds: reads their tags, then makes badges from them (B4, B5). */
export async function autoBadging(input: AutoBadgingInput): Promise<AutoBadgingResult> {
  const { runId: syncId, sliceSize = syncTimings.sliceSize } = input;
  const progress = new ProgressTracker(syncId, 'badging');
  const counts: BadgingCounts = { ...noBadgingCounts };
  setHandler(autoBadgingProgressQuery, () => {
    const { phase, waitingFor } = progress.describe();
    return { runId: syncId, phase, counts: { ...counts }, waitingFor };
  });

  const work = async () => {
    const { lastNumber } = await bulk.prepareBadging({ syncId });
    progress.show(`Reading the tags of ${lastNumber} accounts`);
    await sweep(syncTimings.inventory).readTags({ syncId });
    await forEachSlice(lastNumber, { ...syncTimings, sliceSize }, async (range) => {
      progress.show(`Making badges from the tags of accounts ${range.from} to ${range.to} of ${lastNumber}`);
      const made = await bulk.badgeSlice({ syncId, ...range });
      for (const [name, number] of Object.entries(made)) counts[name as keyof BadgingCounts] += number;
    });
    return outcomes.completed;
  };

  upsertSearchAttributes([{ key: searchAttributes.phase, value: progress.phase }]);
  const outcome = await work().catch((error: unknown) =>
    isCancellation(error)
      ? outcomes.cancelled
      : outcomes.failed('The tags could not be read or turned into badges', readActivityProblem(error)),
  );
  return await CancellationScope.nonCancellable(async () => {
    await bulk.finishSync({ syncId, ...outcome });
    await progress.enter(outcome.phase, outcome.failure?.message ?? 'Done');
    return { ...outcome, counts };
  });
}
