/** Sorted ids for listings, worked out once for each revision of an organization: a page must not cost 50,000 accounts. */
import type { Organization } from './state.ts';
import { policyIdsOn, resourcePolicyIdsOn } from './tree.ts';

interface Index {
  revision: number;
  accountIds: string[];
  accountsOf: Map<string, string[]>;
  unitsOf: Map<string, string[]>;
  /** Filled policy by policy. */
  targetsOf: Map<string, string[]>;
}

const indexes = new WeakMap<Organization, Index>();

/** To be called after every change of accounts, units and attachments. */
export function treeChanged(organization: Organization): void {
  organization.revision += 1;
}

export const allAccountIds = (organization: Organization): readonly string[] => indexOf(organization).accountIds;

export const accountIdsIn = (organization: Organization, parentId: string): readonly string[] =>
  indexOf(organization).accountsOf.get(parentId) ?? [];

export const unitIdsIn = (organization: Organization, parentId: string): readonly string[] =>
  indexOf(organization).unitsOf.get(parentId) ?? [];

/** The root, OUs and accounts that a policy is attached to. */
export function targetIdsOf(organization: Organization, policyId: string): readonly string[] {
  const { targetsOf } = indexOf(organization);
  let targets = targetsOf.get(policyId);
  if (!targets) {
    const all = [organization.rootId, ...organization.units.keys(), ...organization.accounts.keys()];
    targets = all
      .filter((id) => policyIdsOn(organization, id).includes(policyId) || resourcePolicyIdsOn(organization, id).includes(policyId))
      .sort();
    targetsOf.set(policyId, targets);
  }
  return targets;
}

function indexOf(organization: Organization): Index {
  const known = indexes.get(organization);
  if (known?.revision === organization.revision) return known;
  const index: Index = {
    revision: organization.revision,
    accountIds: [...organization.accounts.keys()].sort(),
    accountsOf: new Map(),
    unitsOf: new Map(),
    targetsOf: new Map(),
  };
  for (const id of index.accountIds) addTo(index.accountsOf, organization.accounts.get(id)!.parentId, id);
  for (const id of [...organization.units.keys()].sort()) addTo(index.unitsOf, organization.units.get(id)!.parentId, id);
  indexes.set(organization, index);
  return index;
}

function addTo(lists: Map<string, string[]>, key: string, id: string): void {
  const list = lists.get(key);
  if (list) list.push(id);
  else lists.set(key, [id]);
}

/** Index of the first of sorted keys that is greater than `key`. */
export function firstAfter(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
