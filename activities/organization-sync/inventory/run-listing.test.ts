import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gate } from '../../../test/support/gate.ts';
import { insertSync } from '../../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../../test/support/registry.ts';
import { loadListings } from './listings.ts';
import { runListing, type Listing, type ListingCaller, type ListingRun } from './run-listing.ts';

let registry: TestRegistry;
let run: ListingRun<'List'>;

beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(async () => {
  const syncId = await insertSync(registry.db, await registry.newOrganization(), { phase: 'listing' });
  run = { db: registry.db, syncId, attempt: 0, caller, listings: new Map() };
});

const caller: ListingCaller<'List'> = {
  call: ({ send }) => send(new AbortController().signal),
  tokenLifeMs: 60_000,
  isTokenRefused: () => false,
  isGone: () => false,
  tokensRefusedFailure: (attempted) => new Error(attempted),
};

/** A listing of the pages `1` to `pages`, with one item each. */
function listingOf(pages: number, changes: Partial<Listing<'List', number>> = {}): Listing<'List', number> {
  return {
    name: 'things',
    operation: 'List',
    attempted: 'The things could not be listed',
    async fetch(token = '1') {
      return { items: [Number(token)], nextToken: Number(token) < pages ? String(Number(token) + 1) : undefined };
    },
    write: async () => {},
    ...changes,
  };
}

describe('E4: a listing', () => {
  it('asks for the next page while it writes a page, and writes each page once, in order', async () => {
    const asked = gate();
    const written: number[] = [];
    const { fetch } = listingOf(3);
    const listing = listingOf(3, {
      async fetch(token, signal) {
        if (token === '2') asked.open();
        return await fetch(token, signal);
      },
      async write(_tx, [item]) {
        await asked.opened;
        written.push(item!);
      },
    });
    await runListing(run, listing);
    expect(written).toEqual([1, 2, 3]);
    expect((await loadListings(registry.db, run.syncId)).get('things')).toMatchObject({ pages: 3, completed: true, nextToken: null });
  });

  it('keeps the page before a page that fails, and its token', async () => {
    const { fetch } = listingOf(3);
    const listing = listingOf(3, {
      fetch: (token, signal) => (token === '2' ? Promise.reject(new Error('denied')) : fetch(token, signal)),
    });
    await expect(runListing(run, listing)).rejects.toThrow('denied');
    expect((await loadListings(registry.db, run.syncId)).get('things')).toMatchObject({ pages: 1, completed: false, nextToken: '2' });
  });

  it('leaves no call behind if a page cannot be written', async () => {
    const answered = gate();
    let ended = false;
    const { fetch } = listingOf(3);
    const listing = listingOf(3, {
      async fetch(token, signal) {
        if (token === '2') {
          await answered.opened;
          ended = true;
        }
        return await fetch(token, signal);
      },
      async write() {
        setTimeout(answered.open, 50);
        throw new Error('not written');
      },
    });
    await expect(runListing(run, listing)).rejects.toThrow('not written');
    expect(ended).toBe(true);
  });
});
