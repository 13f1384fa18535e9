import type { Database, Transaction } from '../../../../db/client.ts';
import type { ActivityDependencies } from '../../../dependencies.ts';
import { beginInventory, type InventoryFacts } from '../begin-inventory.ts';
import { inAttempt } from '../in-attempt.ts';
import { loadListings, newListing, saveListing, type ListingState } from '../listings.ts';
import { OrganizationCaller } from './organization-caller.ts';
import { connectOrganization, type OrganizationClients } from './connect-organization.ts';
import { RateBudget, shareOf } from '../rate-budget.ts';

/** One attempt at reading an organization into a sync's snapshot. */
export interface Sweep extends InventoryFacts, OrganizationClients {
  db: Database;
  caller: OrganizationCaller;
  /** How far each listing is; kept as it is in the database. */
  listings: Map<string, ListingState>;
}

/** Begins an attempt, with the clients of the organization and a rate budget. */
export async function beginSweep(dependencies: ActivityDependencies, syncId: string): Promise<Sweep> {
  const { db } = dependencies;
  const facts = await beginInventory(db, syncId);
  // What the attempt before this one has drawn, nobody knows.
  const budget = new RateBudget(shareOf(facts.trigger), { startsEmpty: facts.attempt > 1 });
  return {
    ...facts,
    ...(await connectOrganization(dependencies, facts.credentialSetId)),
    db,
    caller: new OrganizationCaller(budget),
    listings: await loadListings(db, syncId),
  };
}

/** Writes that a part of the inventory is read to its end, behind what `write` adds to it: a later attempt passes it over. */
export async function completePart(sweep: Sweep, part: string, write?: (tx: Transaction) => Promise<void>): Promise<void> {
  const { db, syncId, listings } = sweep;
  const done = { ...newListing(), completed: true };
  await inAttempt(db, sweep, async (tx) => {
    await write?.(tx);
    await saveListing(tx, syncId, part, done);
  });
  listings.set(part, done);
}
