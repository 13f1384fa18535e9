import {
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  type OrganizationalUnit,
  type Root,
} from '@aws-sdk/client-organizations';
import type { TreeNode } from '../../../domain/organizations/tree.ts';
import { loadUnits } from '../../registry/organizations/load-snapshot.ts';
import { dropUnits, writeUnits } from '../../registry/organizations/write-units.ts';
import { pageSize } from './list-accounts.ts';
import type { ParentQueue } from './parent-queue.ts';
import { runListing } from './run-listing.ts';
import type { Sweep } from './sweep.ts';

/** Parents asked at a time: enough to use up the rate although answers take their time. */
const lanes = 4;
const childrenOf = 'organizational_units/';

/** The parents whose children an earlier attempt has listed to the end. */
export function askedParents({ listings }: Sweep): string[] {
  return [...listings].flatMap(([name, { completed }]) =>
    completed && name.startsWith(childrenOf) ? [name.slice(childrenOf.length)] : [],
  );
}

/** Lists the root, or roots, and gives them to the queue. */
export async function listRoots(sweep: Sweep, queue: ParentQueue): Promise<void> {
  await runListing<TreeNode>(sweep, {
    name: 'roots',
    operation: 'ListRoots',
    attempted: 'The root of the organization could not be listed',
    async fetch(NextToken, abortSignal) {
      const page = await sweep.organizations.send(new ListRootsCommand({ NextToken, MaxResults: pageSize }), { abortSignal });
      return { items: nodesOf(page.Roots, null), nextToken: page.NextToken };
    },
    write: (tx, roots) => writeUnits(tx, sweep.syncId, roots),
  });
  // From the snapshot: an earlier attempt may have listed them, and the children of some.
  for (const { id } of await loadUnits(sweep.db, sweep.syncId)) queue.add(id);
  queue.close();
}

/** Lists the units below every root and unit, one call a parent. */
export async function listUnits(sweep: Sweep, queue: ParentQueue): Promise<void> {
  await queue.drain(lanes, async (parentId) => {
    const children: string[] = [];
    await runListing<TreeNode>(sweep, {
      name: `${childrenOf}${parentId}`,
      operation: 'ListOrganizationalUnitsForParent',
      attempted: `The organizational units below ${parentId} could not be listed`,
      async fetch(NextToken, abortSignal) {
        const command = new ListOrganizationalUnitsForParentCommand({ ParentId: parentId, NextToken, MaxResults: pageSize });
        const page = await sweep.organizations.send(command, { abortSignal });
        return { items: nodesOf(page.OrganizationalUnits, parentId), nextToken: page.NextToken };
      },
      write: (tx, units) => writeUnits(tx, sweep.syncId, units),
      written: (units) => children.push(...units.map(({ id }) => id)),
      restart: (tx) => dropUnits(tx, sweep.syncId, parentId),
      // The unit was deleted after it was listed, so it has neither children nor accounts.
      dropped: (tx) => dropUnits(tx, sweep.syncId, parentId),
    });
    return children;
  });
}

function nodesOf(found: readonly (Root | OrganizationalUnit)[] | undefined, parentId: string | null): TreeNode[] {
  return (found ?? []).flatMap(({ Id, Name }) => (Id ? [{ id: Id, name: Name ?? Id, parentId }] : []));
}
