import { ListAccountsForParentCommand, ListParentsCommand, type ListParentsCommandOutput } from '@aws-sdk/client-organizations';
import { OrganizationTree } from '../../../../domain/organizations/tree.ts';
import { inAttempt } from '../in-attempt.ts';
import { loadUnits, loadUnplaced } from '../load-snapshot.ts';
import { placeAccounts } from '../write-units.ts';
import { pageSize } from './list-accounts.ts';
import { gone, goneOf } from './refusals.ts';
import { runListing } from '../run-listing.ts';
import type { Sweep } from './begin-sweep.ts';
import type { InventoryOperation } from './organization-caller.ts';
import { forEachAtMost } from '../../../side-by-side.ts';

/** Concurrent calls. */
const lanes = 4;

/**
 * Finds the places of accounts that AWS listed without `Paths`. It lists the accounts of each parent, or reads the
 * parent of each account if there are fewer accounts than parents. Accounts that moved during the listing get their own
 * call, too. Only ListAccounts decides which accounts exist, because no move hides an account from it.
 */
export async function findPlaces(sweep: Sweep): Promise<void> {
  const unplaced = await loadUnplaced(sweep.db, sweep.syncId);
  if (unplaced.length === 0) return;
  const units = await loadUnits(sweep.db, sweep.syncId);
  const tree = new OrganizationTree(units);
  const readParents = (accountIds: readonly string[]) =>
    forEachAtMost(accountIds, lanes, (accountId) => readParent(sweep, tree, accountId), sweep.stop);
  if (unplaced.length <= units.length) {
    await readParents(unplaced);
    return;
  }
  await forEachAtMost(units, lanes, ({ id }) => listAccountsOf(sweep, tree, id), sweep.stop);
  await readParents(await loadUnplaced(sweep.db, sweep.syncId));
}

async function listAccountsOf(sweep: Sweep, tree: OrganizationTree, parentId: string): Promise<void> {
  const ancestors = tree.ancestors(parentId);
  if (!ancestors) return;
  const { organizations, syncId } = sweep;
  await runListing<InventoryOperation, string>(sweep, {
    name: `accounts_for_parent/${parentId}`,
    operation: 'ListAccountsForParent',
    attempted: `The accounts in ${parentId} could not be listed`,
    async fetch(NextToken, abortSignal) {
      const command = new ListAccountsForParentCommand({ ParentId: parentId, NextToken, MaxResults: pageSize });
      const page = await organizations.send(command, { abortSignal });
      return { items: (page.Accounts ?? []).flatMap(({ Id }) => (Id ? [Id] : [])), nextToken: page.NextToken };
    },
    write: (tx, accountIds) => placeAccounts(tx, { syncId, accountIds, ancestors }),
    dropped: async () => {},
  });
}

async function readParent(sweep: Sweep, tree: OrganizationTree, accountId: string): Promise<void> {
  const { organizations, syncId } = sweep;
  const answer = await sweep.caller.call<ListParentsCommandOutput | typeof gone>({
    operation: 'ListParents',
    attempted: `The parent of the account ${accountId} could not be read`,
    send: (abortSignal) => organizations.send(new ListParentsCommand({ ChildId: accountId }), { abortSignal }),
    answerOf: goneOf,
  });
  const parentId = answer === gone ? undefined : answer.Parents?.[0]?.Id;
  const ancestors = parentId === undefined ? null : tree.ancestors(parentId);
  if (ancestors) await inAttempt(sweep.db, sweep, (tx) => placeAccounts(tx, { syncId, accountIds: [accountId], ancestors }));
}
