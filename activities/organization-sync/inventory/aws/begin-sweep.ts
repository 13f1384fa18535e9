import type { OrganizationsOperation } from '../../../../domain/organizations/rates.ts';
import type { ActivityDependencies } from '../../../dependencies.ts';
import type { Stop } from '../../../side-by-side.ts';
import { ActivityStop } from '../activity-stop.ts';
import { beginInventory, type InventoryFacts } from '../begin-inventory.ts';
import { loadListings } from '../listings.ts';
import { RateBudget, shareOf } from '../rate-budget.ts';
import type { ListingRun } from '../run-listing.ts';
import { connectOrganization, type OrganizationClients } from './connect-organization.ts';
import { OrganizationCaller, type InventoryOperation } from './organization-caller.ts';
import { organizationsBuckets, publishedPace, type Pace } from './pace.ts';

/** One attempt to read an organization into a sync's snapshot. */
export interface Sweep extends ListingRun<InventoryOperation>, InventoryFacts, OrganizationClients {
  /** Stops the whole attempt. */
  stop: Stop;
}

/** Begins an attempt with the clients of the organization and a rate budget. */
export async function beginSweep(dependencies: ActivityDependencies, syncId: string, pace: Pace = publishedPace): Promise<Sweep> {
  const { db } = dependencies;
  const facts = await beginInventory(db, syncId);
  const stop = new ActivityStop();
  // The calls of the previous attempt are unknown, so the buckets may be empty.
  const startsEmpty = facts.attempt > 1;
  const budget = new RateBudget<OrganizationsOperation>(organizationsBuckets(shareOf(facts.trigger) * pace.speed), { startsEmpty });
  return {
    ...facts,
    ...(await connectOrganization(dependencies, facts.credentialSetId)),
    db,
    stop,
    caller: new OrganizationCaller(budget, stop, pace),
    listings: await loadListings(db, syncId),
  };
}
