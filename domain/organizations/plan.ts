/**
 * Plans the changes of the registry after a listing of an organization (O9, O11, O16, O17), by a pure function for each
 * account. A preview and a sync use the same code, in slices of any size and in any order. A plan after an applied plan
 * contains no changes.
 */
import type { Badge, BadgeChange } from '../badges/badge-change.ts';
import { diffOrganizationBadges } from '../badges/organization-badges.ts';
import { diffTagBadges } from '../badges/tag-badges.ts';
import { judgeScope, type ExclusionRule, type OrganizationScope, type ScopedAccount } from './scope.ts';

/** The kinds of change of an account. They are stored and shown, so they never change. */
export const changeKinds = ['add', 'take_over', 'move', 'rename', 'suspend', 'reinstate', 'update', 'exclude', 'remove'] as const;
/**
 * - `add`: the account becomes a managed cloud.
 * - `take_over`: an existing cloud becomes managed by this organization; its own credentials are kept but not used (O11).
 * - `move`, `rename`, `suspend`: the account changed at AWS; `reinstate`: it is no longer suspended.
 * - `update`: only its badges, or the names on its path, differ.
 * - `exclude`: the scope excludes the account and this organization does not manage it, so nothing is done.
 * - `remove`: it leaves the organization's clouds.
 */
export type ChangeKind = (typeof changeKinds)[number];

/** An account as listed. */
export interface ListedAccount extends ScopedAccount {
  /** The joined names of the units on its path; null while one is not known. */
  path: string | null;
}

/** A cloud as the registry has it. */
export interface ListedCloud {
  accountId: string;
  /** The organization that manages the cloud: this one, another one, or none. */
  managedBy: 'this' | 'other' | 'none';
  name: string | null;
  /** Its parent at the last listing: a root or a unit. */
  parentId: string | null;
  path: string | null;
  /** Its status is `suspended`. */
  suspended: boolean;
  /** True if the cloud has credentials of its own, which it can use again. */
  hasOwnCredentials: boolean;
}

/** The facts of one account, which is listed, in the registry, or both. */
export interface PlanSubject {
  account: ListedAccount | null;
  cloud: ListedCloud | null;
  badges: ReadonlyMap<string, Badge>;
  /** Null if the tags were not read: then no badge of a tag changes. */
  tags: ReadonlyMap<string, string> | null;
}

/** The facts that all accounts of a plan share. */
export interface PlanContext {
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  nickname: string;
  scope: OrganizationScope;
  /**
   * True if the accounts were listed in one pass without a gap. Otherwise nothing is removed (O17), because a missing
   * account may only not have been reached.
   */
  complete: boolean;
}

/** The reason and the effect of a removal: a cloud with credentials of its own is released from the organization (O11). */
export interface Removal {
  reason: 'departed' | 'out_of_scope';
  effect: 'delete' | 'release';
}

export interface AccountPlan {
  accountId: string;
  name: string | null;
  path: string | null;
  /** Never empty. Several changes may come together. */
  changes: readonly ChangeKind[];
  /** The rule that excludes or removes the account, if there is one. */
  rule: ExclusionRule | null;
  removal: Removal | null;
  badges: readonly BadgeChange[];
  /** The keys of tags that make no badge because they are reserved for the system. */
  skippedTags: readonly string[];
}

/** Plans one account; null if there is nothing to do or to report. */
export function planAccount(context: PlanContext, subject: PlanSubject): AccountPlan | null {
  const { account, cloud } = subject;
  if (!account) return cloud?.managedBy === 'this' && context.complete ? remove(subject, 'departed', null) : null;
  const judged = judgeScope(context.scope, account);
  switch (judged.verdict) {
    case 'undecided':
      return null;
    case 'in_scope':
      return keep(context, account, subject);
    case 'excluded':
      if (cloud?.managedBy !== 'this') return planOf(account, { changes: ['exclude'], rule: judged.by });
      return context.complete ? remove(subject, 'out_of_scope', judged.by) : null;
  }
}

/** Plans a slice of accounts. */
export function planAccounts(context: PlanContext, subjects: Iterable<PlanSubject>): AccountPlan[] {
  return Array.from(subjects, (subject) => planAccount(context, subject)).filter((plan) => plan !== null);
}

/** The number of accounts with each kind of change. */
export function countChanges(plans: Iterable<AccountPlan>): Record<ChangeKind, number> {
  const counts = Object.fromEntries(changeKinds.map((kind) => [kind, 0])) as Record<ChangeKind, number>;
  for (const { changes } of plans) for (const kind of changes) counts[kind] += 1;
  return counts;
}

function keep(
  { awsOrganizationId, nickname }: PlanContext,
  account: ListedAccount,
  { cloud, badges, tags }: PlanSubject,
): AccountPlan | null {
  const membership = diffOrganizationBadges(badges, { awsOrganizationId, nickname, path: account.path });
  const ofTags = tags ? diffTagBadges(badges, tags) : { changes: [], skipped: [] };
  const changed = [...membership, ...ofTags.changes];
  const changes = cloud?.managedBy === 'this' ? changesOfMember(account, cloud) : [cloud ? ('take_over' as const) : ('add' as const)];
  if (changes.length === 0 && (changed.length > 0 || (cloud && knowsLess(cloud, account)))) changes.push('update');
  return changes.length === 0 ? null : planOf(account, { changes, badges: changed, skippedTags: ofTags.skipped });
}

function changesOfMember(account: ListedAccount, cloud: ListedCloud): ChangeKind[] {
  const parentId = account.ancestors?.at(-1);
  const changes: ChangeKind[] = [];
  if (parentId !== undefined && cloud.parentId !== null && parentId !== cloud.parentId) changes.push('move');
  if (cloud.name !== null && account.name !== cloud.name) changes.push('rename');
  if (account.state === 'suspended' && !cloud.suspended) changes.push('suspend');
  if (account.state !== 'suspended' && cloud.suspended) changes.push('reinstate');
  return changes;
}

/** True if the listing knows a fact that the cloud lacks, or if a unit on its path was renamed. */
function knowsLess(cloud: ListedCloud, account: ListedAccount): boolean {
  return (
    (account.path !== null && account.path !== cloud.path) || (account.ancestors !== null && cloud.parentId === null) || cloud.name === null
  );
}

function remove({ account, cloud, badges }: PlanSubject, reason: Removal['reason'], rule: ExclusionRule | null): AccountPlan {
  const effect = cloud!.hasOwnCredentials ? 'release' : 'delete';
  // The removal may be held for days (O17). Until then the cloud must show that it is suspended.
  const suspends = account?.state === 'suspended' && !cloud!.suspended;
  return planOf(account ?? cloud!, {
    changes: suspends ? ['suspend', 'remove'] : ['remove'],
    rule,
    removal: { reason, effect },
    badges: effect === 'release' ? diffOrganizationBadges(badges, null) : [],
  });
}

function planOf(
  { accountId, name, path }: { accountId: string; name: string | null; path: string | null },
  plan: Pick<AccountPlan, 'changes'> & Partial<AccountPlan>,
): AccountPlan {
  return { accountId, name, path, rule: null, removal: null, badges: [], skippedTags: [], ...plan };
}
