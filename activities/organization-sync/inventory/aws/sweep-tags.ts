import { CancelledFailure } from '@temporalio/common';
import { inAttempt } from '../in-attempt.ts';
import { newListing, saveListing } from '../listings.ts';
import { drawTagSamples, dropTags, writeNoTags, type AccountTags } from '../write-tags.ts';
import type { AccountProgress } from '../account-progress.ts';
import { readAccountTags } from './read-account-tags.ts';
import { readTagsInBulk } from './read-tags-in-bulk.ts';
import { readTagsOneByOne } from './read-tags-one-by-one.ts';
import type { Sweep } from './begin-sweep.ts';
import { completePart } from '../complete-part.ts';

/** Listings that record that all tags are read, and that they are read account by account. */
const allTags = 'tags';
const oneByOne = 'tags_one_by_one';

/** The API that the tags of a sync came from. */
export function tagSourceOf({ listings }: Sweep): 'tagging' | 'organizations' {
  return listings.has(oneByOne) ? 'organizations' : 'tagging';
}

/**
 * Reads the tags of all accounts, in bulk if possible. The index of the tagging API may lag or be
 * empty. So one listed account in it and one outside of it are verified with Organizations. If the tagging API is
 * denied, fails or differs, each account gets a call of its own. It only saves time, so its faults must not fail a sync.
 */
export async function sweepTags(sweep: Sweep, progress: AccountProgress): Promise<void> {
  const { db, syncId, listings } = sweep;
  if (listings.get(allTags)?.completed) return;
  if (!listings.has(oneByOne) && !(await areBulkTagsRight(sweep, progress))) {
    await inAttempt(db, sweep, async (tx) => {
      await dropTags(tx, syncId);
      await saveListing(tx, syncId, oneByOne, newListing());
    });
    listings.set(oneByOne, newListing());
  }
  if (listings.has(oneByOne)) await readTagsOneByOne(sweep, progress);
  // Accounts of later pages have no tags, too, if the tagging API does not know them.
  await progress.completion();
  await completePart(sweep, allTags, (tx) => writeNoTags(tx, syncId));
}

async function areBulkTagsRight(sweep: Sweep, progress: AccountProgress): Promise<boolean> {
  try {
    await readTagsInBulk(sweep);
  } catch (error) {
    if (error instanceof CancelledFailure || sweep.stop.signal.aborted) throw error;
    return false;
  }
  // Accounts that are listed already serve as samples, so that the verification need not wait for the last page.
  await progress.beyond(0);
  const wasComplete = progress.complete;
  const { present, absent } = await drawTagSamples(sweep.db, sweep.syncId);
  if (!(await haveRealTags(sweep, [present, absent]))) return false;
  if (wasComplete || (present !== null && absent !== null)) return true;
  await progress.completion();
  const late = await drawTagSamples(sweep.db, sweep.syncId);
  return await haveRealTags(sweep, [present === null ? late.present : null, absent === null ? late.absent : null]);
}

/** Whether Organizations knows the same tags of the samples. A sample that does not exist, or is gone, proves nothing. */
async function haveRealTags(sweep: Sweep, drawn: readonly (AccountTags | null)[]): Promise<boolean> {
  const samples = drawn.filter((sample) => sample !== null);
  const verdicts = await Promise.all(
    samples.map(async ({ accountId, tags }) => {
      const real = await readAccountTags(sweep, accountId);
      return real === null || haveSameTags(real, tags);
    }),
  );
  return verdicts.every(Boolean);
}

function haveSameTags(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && one[key] === other[key]);
}
