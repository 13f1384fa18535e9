import type { ActivityDependencies } from '../../../dependencies.ts';
import { AccountProgress } from '../account-progress.ts';
import { beginSweep } from './begin-sweep.ts';
import { sweepTags } from './sweep-tags.ts';

/** Stage 1 of auto-badging: reads the tags of the clouds that a run was prepared for (B4). */
export async function readTags(dependencies: ActivityDependencies, { syncId }: { syncId: string }): Promise<void> {
  const sweep = await beginSweep(dependencies, syncId);
  const progress = new AccountProgress(sweep.caller, { upTo: sweep.lastNumber, complete: true });
  await sweep.caller.together(() => sweepTags(sweep, progress));
}
