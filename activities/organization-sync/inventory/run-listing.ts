import type { Database, Transaction } from '../../../db/client.ts';
import { inAttempt, type InventoryAttempt } from './in-attempt.ts';
import { newListing, saveListing, type ListingState } from './listings.ts';

/** Maximum restarts of a listing per attempt. */
const maxRestarts = 5;

/** A page from a provider. It may be empty and still have a token. */
export interface Page<Item> {
  items: readonly Item[];
  nextToken: string | undefined;
}

/** One call of a provider's API. */
export interface ProviderCall<Operation, Answer> {
  operation: Operation;
  /** The failed step, for the failure message: "The accounts could not be listed". */
  attempted: string;
  send(abortSignal: AbortSignal): Promise<Answer>;
  /** Returns the answer that an expected refusal stands for; undefined for any other error. */
  answerOf?(error: unknown): Answer | undefined;
}

/** Calls to a provider of clouds, and the meaning of its refusals for a listing. */
export interface ListingCaller<Operation> {
  /** Makes a call when its turn comes, and retries it after a fault that can pass. Throws a failure that says what was attempted. */
  call<Answer>(call: ProviderCall<Operation, Answer>): Promise<Answer>;
  /** The provider may refuse tokens older than this, in milliseconds. */
  readonly tokenLifeMs: number;
  /** Whether the provider refuses a page token. The listing then restarts. */
  isTokenRefused(error: unknown): boolean;
  /** Whether the parent of the listed things no longer exists. */
  isGone(error: unknown): boolean;
  /** The failure of a listing after too many refused tokens. */
  tokensRefusedFailure(attempted: string): Error;
}

/** The part of an inventory's attempt that listings use. */
export interface ListingRun<Operation> extends InventoryAttempt {
  db: Database;
  caller: ListingCaller<Operation>;
  /** The progress of each listing, as in the database. */
  listings: Map<string, ListingState>;
}

/** One listing of the inventory. */
export interface Listing<Operation, Item> {
  /** Its name among the sync's listings. */
  name: string;
  operation: Operation;
  attempted: string;
  fetch(token: string | undefined, abortSignal: AbortSignal): Promise<Page<Item>>;
  /** Writes a page in the transaction that writes its token. */
  write(tx: Transaction, items: readonly Item[], page: { pass: number; isLast: boolean; lastNumber: number }): Promise<void>;
  /** Deletes rows of an earlier pass that the new pass would not overwrite. */
  restart?(tx: Transaction): Promise<void>;
  /** Called once a page is committed. */
  written?(items: readonly Item[]): void;
  /** Deletes the parent of the listed things, which no longer exists. Without this function that is a failure. */
  dropped?(tx: Transaction): Promise<void>;
}

const tokenRefused = Symbol('token refused');
const gone = Symbol('gone');

/**
 * Runs a listing to its end, page by page, from its stored progress. The next page is asked for while a page is written. A refused
 * or too old token restarts the listing as a new pass.
 */
export async function runListing<Operation, Item>(run: ListingRun<Operation>, listing: Listing<Operation, Item>): Promise<void> {
  const { caller } = run;
  let state = run.listings.get(listing.name) ?? newListing();
  const save = async (next: ListingState, write: (tx: Transaction, lastNumber: number) => Promise<void>) => {
    await inAttempt(run.db, run, async (tx, { lastAccountNumber }) => {
      await write(tx, lastAccountNumber);
      await saveListing(tx, run.syncId, listing.name, next);
    });
    run.listings.set(listing.name, next);
    state = next;
  };
  let restarts = 0;
  const restart = async () => {
    restarts += 1;
    if (restarts > maxRestarts) throw caller.tokensRefusedFailure(listing.attempted);
    await save({ ...newListing(), pass: state.pass + 1 }, async (tx) => listing.restart?.(tx));
  };

  const ask = async (token: string | undefined) =>
    await caller.call<Page<Item> | typeof tokenRefused | typeof gone>({
      operation: listing.operation,
      attempted: listing.attempted,
      send: (abortSignal) => listing.fetch(token, abortSignal),
      answerOf(error) {
        if (token !== undefined && caller.isTokenRefused(error)) return tokenRefused;
        return listing.dropped && caller.isGone(error) ? gone : undefined;
      },
    });

  /** The page after the written one; null if it is not asked for yet. */
  let next: ReturnType<typeof ask> | null = null;
  try {
    while (!state.completed) {
      if (next === null && state.nextToken !== null && Date.now() - state.at.getTime() > caller.tokenLifeMs) await restart();
      const page = await (next ?? ask(state.nextToken ?? undefined));
      next = null;
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
      if (!isLast) {
        next = ask(nextToken);
        // The loop handles a failure once this page is written.
        next.catch(() => {});
      }
      await save({ ...written, nextToken, completed: isLast }, (tx, lastNumber) =>
        listing.write(tx, items, { pass: written.pass, isLast, lastNumber }),
      );
      listing.written?.(items);
    }
  } finally {
    // No call outlives its listing.
    await next?.catch(() => {});
  }
}
