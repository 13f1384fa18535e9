import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { syncListings } from '../../../db/schema/index.ts';

/** The progress of a listing. */
export interface ListingState {
  /** Counts from 1; raised at each restart of the listing. */
  pass: number;
  /** The provider's token for the next page; null before the first page and after the last. */
  nextToken: string | null;
  /** Written pages of this pass. */
  pages: number;
  completed: boolean;
  /** When the provider returned the token. */
  at: Date;
}

/** A listing without pages. */
export function newListing(): ListingState {
  return { pass: 1, nextToken: null, pages: 0, completed: false, at: new Date() };
}

/** The progress of each listing of a sync, by name. */
export async function loadListings(db: Database, syncId: string): Promise<Map<string, ListingState>> {
  const rows = await db.select().from(syncListings).where(eq(syncListings.syncId, syncId));
  return new Map(
    rows.map(({ listing, pass, nextToken, pages, completedAt, updatedAt }) => [
      listing,
      { pass, nextToken, pages, completed: completedAt !== null, at: updatedAt },
    ]),
  );
}

/** Writes the progress of a listing. Call it in the transaction that writes the page. */
export async function saveListing(tx: Transaction, syncId: string, listing: string, state: ListingState): Promise<void> {
  const { pass, nextToken, pages, completed, at } = state;
  const values = { pass, nextToken, pages, completedAt: completed ? at : null, updatedAt: at };
  await tx
    .insert(syncListings)
    .values({ syncId, listing, ...values })
    .onConflictDoUpdate({ target: [syncListings.syncId, syncListings.listing], set: values });
}
