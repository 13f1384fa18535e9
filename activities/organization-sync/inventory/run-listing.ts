import type { Database, Transaction } from '../../../db/client.ts';
import { inAttempt, type InventoryAttempt } from './in-attempt.ts';
import { newListing, saveListing, type ListingState } from './listings.ts';

/** So often a listing begins again within one attempt. */
const mostRestarts = 5;

/** A page as a provider gives it: it may be empty and yet have a token. */
export interface Page<Item> {
  items: readonly Item[];
  nextToken: string | undefined;
}

/** One call of a provider's API. */
export interface ProviderCall<Operation, Answer> {
  operation: Operation;
  /** Says what could not be done, for the failure: "The accounts could not be listed". */
  attempted: string;
  send(abortSignal: AbortSignal): Promise<Answer>;
  /** Turns a refusal that is an answer into one; undefined for any other. */
  answerOf?(error: unknown): Answer | undefined;
}

/** How a provider of clouds is called, and what its refusals mean for a listing. */
export interface ListingCaller<Operation> {
  /** Makes a call in its turn, and again while its fault can pass. Throws a failure that says what was attempted. */
  call<Answer>(call: ProviderCall<Operation, Answer>): Promise<Answer>;
  /** The provider may refuse a token that is older, in milliseconds. */
  readonly tokenLifeMs: number;
  /** The provider does not take a token (any more): the listing has to begin again. */
  isTokenRefused(error: unknown): boolean;
  /** The thing whose children are listed is not there (any more). */
  isGone(error: unknown): boolean;
  /** The failure of a listing whose tokens are refused again and again. */
  tokensRefusedFailure(attempted: string): Error;
}

/** One attempt at an inventory, as far as listings need it. */
export interface ListingRun<Operation> extends InventoryAttempt {
  db: Database;
  caller: ListingCaller<Operation>;
  /** How far each listing is; kept as it is in the database. */
  listings: Map<string, ListingState>;
}

/** One listing of the inventory. */
export interface Listing<Operation, Item> {
  /** Its name among the sync's listings. */
  name: string;
  operation: Operation;
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

const tokenRefused = Symbol('token refused');
const gone = Symbol('gone');

/**
 * Reads a listing from where it stands to its end, page by page. A refused token, or one so old that it would be, lets
 * it begin again, as a new pass.
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
    if (restarts > mostRestarts) throw caller.tokensRefusedFailure(listing.attempted);
    await save({ ...newListing(), pass: state.pass + 1 }, async (tx) => listing.restart?.(tx));
  };

  while (!state.completed) {
    if (state.nextToken !== null && Date.now() - state.at.getTime() > caller.tokenLifeMs) await restart();
    const token = state.nextToken ?? undefined;
    const page = await caller.call<Page<Item> | typeof tokenRefused | typeof gone>({
      operation: listing.operation,
      attempted: listing.attempted,
      send: (abortSignal) => listing.fetch(token, abortSignal),
      answerOf(error) {
        if (token !== undefined && caller.isTokenRefused(error)) return tokenRefused;
        return listing.dropped && caller.isGone(error) ? gone : undefined;
      },
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
