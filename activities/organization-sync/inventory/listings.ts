import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { syncListings } from '../../../db/schema/index.ts';

/** How far a listing is. */
export interface ListingState {
  /** From 1; raised when the listing had to begin again. */
  pass: number;
  /** AWS's token for the next page; null before the first page and after the last. */
  nextToken: string | null;
  /** Pages of this pass that are written. */
  pages: number;
  completed: boolean;
  /** When AWS gave the token. */
  at: Date;
}

/** A listing of which nothing is written yet. */
export function newListing(): ListingState {
  return { pass: 1, nextToken: null, pages: 0, completed: false, at: new Date() };
}

/** How far each listing of a sync is, by name. */
export async function loadListings(db: Database, syncId: string): Promise<Map<string, ListingState>> {
  const rows = await db.select().from(syncListings).where(eq(syncListings.syncId, syncId));
  return new Map(
    rows.map(({ listing, pass, nextToken, pages, completedAt, updatedAt }) => [
      listing,
      { pass, nextToken, pages, completed: completedAt !== null, at: updatedAt },
    ]),
  );
}

/** Writes how far a listing is; belongs into the transaction that writes its page. */
export async function saveListing(tx: Transaction, syncId: string, listing: string, state: ListingState): Promise<void> {
  const { pass, nextToken, pages, completed, at } = state;
  const values = { pass, nextToken, pages, completedAt: completed ? at : null, updatedAt: at };
  await tx
    .insert(syncListings)
    .values({ syncId, listing, ...values })
    .onConflictDoUpdate({ target: [syncListings.syncId, syncListings.listing], set: values });
}
