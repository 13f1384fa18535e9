import type { ActivityDependencies } from '../../../dependencies.ts';
import { AccountProgress } from '../account-progress.ts';
import { beginSweep } from './begin-sweep.ts';
import { together } from '../../../side-by-side.ts';
import { publishedPace } from './pace.ts';
import { sweepTags } from './sweep-tags.ts';

/** Stage 1 of auto-badging: reads the tags of a run's clouds (B4). */
export async function readTags(dependencies: ActivityDependencies, { syncId }: { syncId: string }, pace = publishedPace): Promise<void> {
  const sweep = await beginSweep(dependencies, syncId, pace);
  const progress = new AccountProgress(sweep.stop, { upTo: sweep.lastNumber, complete: true });
  await together([() => sweepTags(sweep, progress)], sweep.stop);
}
