import type { InventoryResult } from '../../../../workflows/contracts/organization-sync.ts';
import type { ActivityDependencies } from '../../../dependencies.ts';
import { askOrganizationRole } from '../../../ask-organization-role.ts';
import { countInventory } from '../count-inventory.ts';
import { loadNamedUnits, loadPlaces } from '../load-snapshot.ts';
import { AccountProgress } from '../account-progress.ts';
import { describeOrganization } from './describe-organization.ts';
import { listAccounts } from './list-accounts.ts';
import { ListedSignal } from '../listed-signal.ts';
import { ParentQueue } from './parent-queue.ts';
import { findPlaces } from './find-places.ts';
import { listedParents, listRoots, listUnits } from './list-units.ts';
import { beginSweep, type Sweep } from './begin-sweep.ts';
import { together } from '../../../side-by-side.ts';
import { publishedPace } from './pace.ts';
import { sweepPolicies } from './sweep-policies.ts';
import { sweepTags, tagSourceOf } from './sweep-tags.ts';

/**
 * Reads a whole organization into the snapshot of a sync: accounts, units, tags and policies in parallel, each at its
 * own rate. Tags and checks of accounts begin while the accounts are listed, and units above accounts are listed before
 * other units.
 */
export async function takeInventory(
  dependencies: ActivityDependencies,
  { syncId }: { syncId: string },
  pace = publishedPace,
): Promise<InventoryResult> {
  const sweep = await beginSweep(dependencies, syncId, pace);
  await describeOrganization(sweep);
  const progress = new AccountProgress(sweep.stop, { upTo: sweep.lastNumber, complete: sweep.accountsListed });
  const works = [
    () => sweepAccounts(sweep, progress),
    () => sweepTags(sweep, progress),
    () => sweepPolicies(sweep),
    () => askOrganizationRole(dependencies, sweep.credentialSetId),
  ];
  await together(works, sweep.stop);
  return { ...(await countInventory(sweep.db, syncId)), tagSource: tagSourceOf(sweep) };
}

/** Lists accounts and units, and finds the missing places of accounts. */
async function sweepAccounts(sweep: Sweep, progress: AccountProgress): Promise<void> {
  const { db, syncId, stop } = sweep;
  const [named, places] = await Promise.all([loadNamedUnits(db, sweep.organizationId), loadPlaces(db, syncId)]);
  const queue = new ParentQueue(stop, { named, listed: listedParents(sweep), sources: 2 });
  const listed = new ListedSignal();
  queue.addPlaces(places);
  if (progress.upTo > 0) listed.announce(progress.upTo);
  try {
    const listAll = async () => {
      await listAccounts(sweep, progress, (seen) => {
        queue.addPlaces(seen);
        listed.announce(progress.upTo);
      });
      queue.close();
      await listed.finish();
    };
    await together([listAll, () => listRoots(sweep, queue), () => listUnits(sweep, queue)], stop);
  } finally {
    await listed.finish();
  }
  await findPlaces(sweep);
}
