import { forEachAtMost } from '../../../side-by-side.ts';
import { inAttempt } from '../in-attempt.ts';
import { loadUntagged } from '../load-snapshot.ts';
import { writeTags } from '../write-tags.ts';
import type { AccountProgress } from '../account-progress.ts';
import { readAccountTags } from './read-account-tags.ts';
import type { Sweep } from './begin-sweep.ts';

/** Concurrent calls, enough to use the whole rate despite slow answers. */
const lanes = 8;
/** Accounts loaded from the snapshot at a time. */
const portion = 200;

/**
 * Reads the tags of each account with a call of its own, while the accounts are listed. Continues where an earlier
 * attempt stopped.
 */
export async function readTagsOneByOne(sweep: Sweep, progress: AccountProgress): Promise<void> {
  const { db, syncId } = sweep;
  let after = 0;
  for (;;) {
    // Read before the snapshot: accounts that arrive later are found in the next round.
    const { upTo, complete } = progress;
    const accounts = await loadUntagged(db, { syncId, after, max: portion });
    const readOne = async ({ accountId }: { accountId: string }) => {
      // An account that has left the organization since has no known tags.
      const tags = (await readAccountTags(sweep, accountId)) ?? {};
      await inAttempt(db, sweep, (tx) => writeTags(tx, syncId, [{ accountId, tags }]));
    };
    await forEachAtMost(accounts, lanes, readOne, sweep.stop);
    const last = accounts.at(-1);
    if (last) after = last.number;
    else if (complete) return;
    else await progress.beyond(upTo);
  }
}
