import type { Transaction } from '../../../db/client.ts';
import { inAttempt } from './in-attempt.ts';
import { newListing, saveListing } from './listings.ts';
import type { ListingRun } from './run-listing.ts';

/** Records that a part of the inventory is complete, in one transaction with `write`. A later attempt skips the part. */
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
