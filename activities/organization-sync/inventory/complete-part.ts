import type { Transaction } from '../../../db/client.ts';
import { inAttempt } from './in-attempt.ts';
import { newListing, saveListing } from './listings.ts';
import type { ListingRun } from './run-listing.ts';

/** Writes that a part of the inventory is read to its end, behind what `write` adds to it: a later attempt passes it over. */
export async function completePart(
  { db, listings, ...attempt }: Pick<ListingRun<never>, 'db' | 'listings' | 'syncId' | 'attempt'>,
  part: string,
  write?: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const done = { ...newListing(), completed: true };
  await inAttempt(db, attempt, async (tx) => {
    await write?.(tx);
    await saveListing(tx, attempt.syncId, part, done);
  });
  listings.set(part, done);
}
