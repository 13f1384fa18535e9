import { failureTypes } from '../../../workflows/contracts/failures.ts';
import type { Transaction } from '../../../db/client.ts';
import { failure } from '../../failures.ts';
import { inAttempt } from './in-attempt.ts';
import { newListing, saveListing, type ListingState } from './listings.ts';
import type { OrganizationCall } from './aws/organization-caller.ts';
import { gone, isGone, refusedToken, tokenRefused } from './aws/refusals.ts';
import type { Sweep } from './aws/begin-sweep.ts';

/** AWS may refuse a token that is older, in milliseconds (aws-facts.md §3.1). */
const tokenLife = 10 * 60_000;
/** So often a listing begins again within one attempt. */
const mostRestarts = 5;

/** A page as AWS gives it: it may be empty and yet have a token. */
export interface Page<Item> {
  items: readonly Item[];
  nextToken: string | undefined;
}

/** One listing of the inventory. */
export interface Listing<Item> {
  /** Its name among the sync's listings. */
  name: string;
  operation: OrganizationCall<unknown>['operation'];
  attempted: string;
  fetch(token: string | undefined, abortSignal: AbortSignal): Promise<Page<Item>>;
  /** Writes a page, in the transaction that writes its token. */
  write(tx: Transaction, items: readonly Item[], page: { pass: number; isLast: boolean; lastNumber: number }): Promise<void>;
  /** Forgets what an earlier pass wrote, where it would not be written over. */
  restart?(tx: Transaction): Promise<void>;
  /** Told once a page is committed. */
  written?(items: readonly Item[]): void;
  /** What it lists the children of went meanwhile: nothing is left to list, and this takes it out. */
  dropped?(tx: Transaction): Promise<void>;
}

/**
 * Reads a listing from where it stands to its end, page by page. A refused token, or one so old that it would be, lets
 * it begin again, as a new pass.
 */
export async function runListing<Item>(sweep: Sweep, listing: Listing<Item>): Promise<void> {
  let state = sweep.listings.get(listing.name) ?? newListing();
  const save = async (next: ListingState, write: (tx: Transaction, lastNumber: number) => Promise<void>) => {
    await inAttempt(sweep.db, sweep, async (tx, { lastAccountNumber }) => {
      await write(tx, lastAccountNumber);
      await saveListing(tx, sweep.syncId, listing.name, next);
    });
    sweep.listings.set(listing.name, next);
    state = next;
  };
  let restarts = 0;
  const restart = async () => {
    restarts += 1;
    if (restarts > mostRestarts) {
      throw failure(failureTypes.transient, `${listing.attempted}: AWS keeps refusing its own pagination tokens`, {
        code: 'aws_unavailable',
      });
    }
    await save({ ...newListing(), pass: state.pass + 1 }, async (tx) => listing.restart?.(tx));
  };

  while (!state.completed) {
    if (state.nextToken !== null && Date.now() - state.at.getTime() > tokenLife) await restart();
    const token = state.nextToken ?? undefined;
    const page = await sweep.caller.call<Page<Item> | typeof tokenRefused | typeof gone>({
      operation: listing.operation,
      attempted: listing.attempted,
      send: (abortSignal) => listing.fetch(token, abortSignal),
      answerOf: (error) => (token === undefined ? undefined : refusedToken(error)) ?? (listing.dropped ? isGone(error) : undefined),
    });
    if (page === tokenRefused) {
      await restart();
      continue;
    }
    const written = { pass: state.pass, pages: state.pages + 1, at: new Date() };
    if (page === gone) {
      await save({ ...written, nextToken: null, completed: true }, async (tx) => listing.dropped?.(tx));
      return;
    }
    const { items, nextToken = null } = page;
    const isLast = nextToken === null;
    await save({ ...written, nextToken, completed: isLast }, (tx, lastNumber) =>
      listing.write(tx, items, { pass: written.pass, isLast, lastNumber }),
    );
    listing.written?.(items);
  }
}
