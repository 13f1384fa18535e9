import {
  ListChildrenCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  type ListChildrenResponse,
  type OrganizationalUnit,
  type Root,
} from '@aws-sdk/client-organizations';
import type { TreeNode } from '../../../../domain/organizations/tree.ts';
import { inAttempt } from '../in-attempt.ts';
import { newListing, saveListing } from '../listings.ts';
import { loadUnits } from '../load-snapshot.ts';
import { dropUnits, writeUnits } from '../write-units.ts';
import { pageSize } from './list-accounts.ts';
import type { LeafAnswer, ParentQueue } from './parent-queue.ts';
import { denied, deniedOf, gone, goneOf } from './refusals.ts';
import { runListing } from '../run-listing.ts';
import type { Sweep } from './begin-sweep.ts';
import type { InventoryOperation } from './organization-caller.ts';
import { together } from '../../../side-by-side.ts';

/** Concurrent calls, enough to use the whole rate despite slow answers. */
const lanes = 4;
const childrenOf = 'organizational_units/';

/** The parents whose children an earlier attempt has listed completely. */
export function listedParents({ listings }: Sweep): string[] {
  return [...listings].flatMap(([name, { completed }]) =>
    completed && name.startsWith(childrenOf) ? [name.slice(childrenOf.length)] : [],
  );
}

/** Lists the roots and puts them into the queue. */
export async function listRoots(sweep: Sweep, queue: ParentQueue): Promise<void> {
  await runListing<InventoryOperation, TreeNode>(sweep, {
    name: 'roots',
    operation: 'ListRoots',
    attempted: 'The root of the organization could not be listed',
    async fetch(NextToken, abortSignal) {
      const page = await sweep.organizations.send(new ListRootsCommand({ NextToken, MaxResults: pageSize }), { abortSignal });
      return { items: nodesOf(page.Roots, null), nextToken: page.NextToken };
    },
    write: (tx, roots) => writeUnits(tx, sweep.syncId, roots),
  });
  // From the snapshot, because an earlier attempt may have listed roots and some of their children.
  for (const { id, parentId } of await loadUnits(sweep.db, sweep.syncId)) {
    if (parentId === null) queue.addRoot(id);
    else queue.add(id);
  }
  queue.close();
}

/**
 * Lists the units under every root and unit. Each parent needs a call, and most parents are leaves. ListChildren has a
 * rate of its own but returns no names; it finds leaves while ListOrganizationalUnitsForParent lists the others. So the
 * tree takes half the time.
 */
export async function listUnits(sweep: Sweep, queue: ParentQueue): Promise<void> {
  const works = [() => listNamedUnits(sweep, queue), () => queue.drainLeaves(lanes, (parentId) => checkLeaf(sweep, parentId))];
  await together(works, sweep.stop);
}

async function listNamedUnits(sweep: Sweep, queue: ParentQueue): Promise<void> {
  await queue.drain(lanes, async (parentId) => {
    const children: string[] = [];
    await runListing<InventoryOperation, TreeNode>(sweep, {
      name: `${childrenOf}${parentId}`,
      operation: 'ListOrganizationalUnitsForParent',
      attempted: `The organizational units under ${parentId} could not be listed`,
      async fetch(NextToken, abortSignal) {
        const command = new ListOrganizationalUnitsForParentCommand({ ParentId: parentId, NextToken, MaxResults: pageSize });
        const page = await sweep.organizations.send(command, { abortSignal });
        return { items: nodesOf(page.OrganizationalUnits, parentId), nextToken: page.NextToken };
      },
      write: (tx, units) => writeUnits(tx, sweep.syncId, units),
      written: (units) => children.push(...units.map(({ id }) => id)),
      restart: (tx) => dropUnits(tx, sweep.syncId, parentId),
      // The unit was deleted after it was listed, so it has no children and no accounts.
      dropped: (tx) => dropUnits(tx, sweep.syncId, parentId),
    });
    return children;
  });
}

/**
 * Completes a leaf's listing without units. Other answers of ListChildren are not stored: its tokens do not continue
 * ListOrganizationalUnitsForParent, so a listing in progress stays as it is.
 */
async function checkLeaf(sweep: Sweep, parentId: string): Promise<LeafAnswer> {
  const name = `${childrenOf}${parentId}`;
  if (sweep.listings.has(name)) return 'parent';
  let token: string | undefined;
  do {
    const NextToken = token;
    const page = await sweep.caller.call<ListChildrenResponse | typeof gone | typeof denied>({
      operation: 'ListChildren',
      attempted: `The organizational units under ${parentId} could not be listed`,
      send: (abortSignal) =>
        sweep.organizations.send(
          new ListChildrenCommand({ ParentId: parentId, ChildType: 'ORGANIZATIONAL_UNIT', NextToken, MaxResults: pageSize }),
          { abortSignal },
        ),
      answerOf: (error) => goneOf(error) ?? deniedOf(error),
    });
    if (page === denied) return 'unknown';
    // ListOrganizationalUnitsForParent finds the same and removes the unit.
    if (page === gone || (page.Children?.length ?? 0) > 0) return 'parent';
    token = page.NextToken;
  } while (token !== undefined);
  const leaf = { ...newListing(), pages: 1, completed: true };
  await inAttempt(sweep.db, sweep, (tx) => saveListing(tx, sweep.syncId, name, leaf));
  sweep.listings.set(name, leaf);
  return 'leaf';
}

function nodesOf(found: readonly (Root | OrganizationalUnit)[] | undefined, parentId: string | null): TreeNode[] {
  return (found ?? []).flatMap(({ Id, Name }) => (Id ? [{ id: Id, name: Name ?? Id, parentId }] : []));
}
