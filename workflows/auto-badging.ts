import { CancellationScope, isCancellation, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { noBadgingCounts, type BadgingCounts } from '../domain/badges/counts.ts';
import { bulk, sweep } from './lib/activity-options.ts';
import { problemOf } from './lib/activity-problem.ts';
import { autoBadgingProgressQuery, type AutoBadgingInput, type AutoBadgingResult } from './contracts/auto-badging.ts';
import { syncTimings } from './contracts/organization-sync.ts';
import { searchAttributes } from './contracts/search-attributes.ts';
import * as endings from './lib/endings.ts';
import { rangesUpTo } from './lib/ranges.ts';
import { Standing } from './lib/progress.ts';

/** Both stages of auto-badging for an organization's clouds: their tags are read, then badges made of them (B4, B5). */
export async function autoBadging(input: AutoBadgingInput): Promise<AutoBadgingResult> {
  const { runId: syncId, sliceSize = syncTimings.sliceSize } = input;
  const standing = new Standing(syncId, 'badging');
  const counts: BadgingCounts = { ...noBadgingCounts };
  setHandler(autoBadgingProgressQuery, () => {
    const { phase, waitingFor } = standing.progress();
    return { runId: syncId, phase, counts: { ...counts }, waitingFor };
  });

  const work = async () => {
    const { lastNumber } = await bulk.prepareBadging({ syncId });
    standing.wait(`Reading the tags of ${lastNumber} accounts`);
    await sweep(syncTimings.inventory).readTags({ syncId });
    for (const range of rangesUpTo(lastNumber, sliceSize)) {
      standing.wait(`Making badges of the tags of accounts ${range.from} to ${range.to} of ${lastNumber}`);
      const made = await bulk.badgeSlice({ syncId, ...range });
      for (const [name, number] of Object.entries(made)) counts[name as keyof BadgingCounts] += number;
    }
    return endings.completed;
  };

  upsertSearchAttributes([{ key: searchAttributes.phase, value: standing.phase }]);
  const ending = await work().catch((error: unknown) =>
    isCancellation(error) ? endings.cancelled : endings.failed('The tags could not be read or made badges of', problemOf(error)),
  );
  return await CancellationScope.nonCancellable(async () => {
    await bulk.finishSync({ syncId, ...ending });
    await standing.enter(ending.phase, ending.failure?.message ?? 'Done');
    return { ...ending, counts };
  });
}
