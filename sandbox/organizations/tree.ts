/** Reading an organization: pure functions over its state, for every service that has to know who belongs where. */
import type { PolicyDocument } from '../policy/document.ts';
import type { HasState } from '../core/state.ts';
import { parsePolicy } from '../policy/parse.ts';
import { fullResourceAccessId, organizationsState } from './state.ts';
import type { Organization, Partition } from './state.ts';

const usual: readonly string[] = ['p-FullAWSAccess'];
const noTags: ReadonlyMap<string, string> = new Map();

/** The organization that an account belongs to, undefined outside of one. */
export function organizationOf(world: HasState, accountId: string): Organization | undefined {
  const { membership, organizations } = organizationsState.of(world);
  return organizations.get(membership.get(accountId) ?? '');
}

export function isManagementAccount(world: HasState, accountId: string): boolean {
  return organizationOf(world, accountId)?.managementAccountId === accountId;
}

/** Whether the account is a delegated administrator of any service. */
export function isDelegatedAdministrator(world: HasState, accountId: string): boolean {
  return organizationOf(world, accountId)?.delegatedAdministrators.has(accountId) ?? false;
}

/** The partition that an account is in, whether or not it is in an organization. */
export function partitionOfAccount(world: HasState, accountId: string): Partition {
  return organizationsState.of(world).partitions.get(accountId) ?? 'aws';
}

/** Whether the account is suspended, about to close or closed. */
export function isClosedAccount(world: HasState, accountId: string): boolean {
  const state = organizationOf(world, accountId)?.accounts.get(accountId)?.state ?? 'ACTIVE';
  return state === 'SUSPENDED' || state === 'PENDING_CLOSURE' || state === 'CLOSED';
}

/** The ids above a root, OU or account: the root first, its parent last. Empty for the root, undefined for what is not there. */
export function parentsOf(organization: Organization, id: string): string[] | undefined {
  if (id === organization.rootId) return [];
  let parentId = (organization.accounts.get(id) ?? organization.units.get(id))?.parentId;
  if (parentId === undefined) return undefined;
  const parents: string[] = [];
  while (parentId !== undefined) {
    parents.unshift(parentId);
    parentId = organization.units.get(parentId)?.parentId;
  }
  return parents;
}

/** As aws:PrincipalOrgPaths, Account.Paths and OrganizationalUnit.Path write it: o-…/r-…/ou-…/, down to `id` for an OU or the root, to its parent for an account. */
export function pathOf(organization: Organization, id: string): string {
  const parents = parentsOf(organization, id) ?? [];
  const own = organization.accounts.has(id) ? [] : [id];
  return `${[organization.id, ...parents, ...own].join('/')}/`;
}

/** The ids of the policies attached to a root, OU or account itself. */
export function policyIdsOn(organization: Organization, targetId: string): readonly string[] {
  return organization.attachments.get(targetId) ?? usual;
}

/** The ids of the resource control policies attached to a root, OU or account itself; none while the type is not enabled. */
export function resourcePolicyIdsOn({ resourceControl }: Organization, targetId: string): readonly string[] {
  return resourceControl ? [fullResourceAccessId, ...(resourceControl.get(targetId) ?? [])] : [];
}

/**
 * The resource control policies that hold for the resources of an account, from the root down to the account: any of them can
 * deny. None for the management account: "RCPs don't affect resources in the management account"
 * (orgs_manage_policies_rcps.html).
 */
export function resourcePoliciesOnPath(world: HasState, accountId: string): PolicyDocument[] {
  const organization = organizationOf(world, accountId);
  if (!organization?.resourceControl || organization.managementAccountId === accountId) return [];
  const { resourceControl } = organization;
  const targets = [...parentsOf(organization, accountId)!, accountId];
  return targets.flatMap((id) =>
    (resourceControl.get(id) ?? []).map((policyId) => parsePolicy(organization.policies.get(policyId)!.content)),
  );
}

export interface PolicyOnPath {
  policyId: string;
  policyName: string;
  document: PolicyDocument;
  /** Where it is attached. */
  targetId: string;
  targetName: string;
  awsManaged: boolean;
}

/**
 * The service control policies that hold for an account's principals, one list for each level from the root down to the
 * account itself, FullAWSAccess among them: each level must allow (orgs_manage_policies_scps_evaluation.html). No level at
 * all for an account outside of an organization, and for the management account, which SCPs do not affect.
 */
export function policiesOnPath(world: HasState, accountId: string): PolicyOnPath[][] {
  const organization = organizationOf(world, accountId);
  if (!organization || organization.managementAccountId === accountId) return [];
  const levels = [...parentsOf(organization, accountId)!, accountId];
  return levels.map((targetId) => {
    const targetName = nameOf(organization, targetId);
    return policyIdsOn(organization, targetId).map((policyId) => {
      const { name, content, awsManaged } = organization.policies.get(policyId)!;
      return { policyId, policyName: name, document: parsePolicy(content), targetId, targetName, awsManaged };
    });
  });
}

/** A root is called Root, as the console made it. */
export function nameOf(organization: Organization, id: string): string {
  return (organization.accounts.get(id) ?? organization.units.get(id))?.name ?? 'Root';
}

export function accountTags(world: HasState, accountId: string): ReadonlyMap<string, string> {
  return organizationOf(world, accountId)?.accounts.get(accountId)?.tags ?? noTags;
}

/** The accounts in a root or OU, those in nested OUs included, by account id. */
export function accountsUnder(organization: Organization, parentId: string): string[] {
  const inside = new Map<string, boolean>([[parentId, true]]);
  const isInside = (id: string): boolean => {
    const known = inside.get(id);
    if (known !== undefined) return known;
    const above = organization.units.get(id)?.parentId;
    const answer = above !== undefined && isInside(above);
    inside.set(id, answer);
    return answer;
  };
  return [...organization.accounts.values()]
    .filter((account) => isInside(account.parentId))
    .map(({ id }) => id)
    .sort();
}
