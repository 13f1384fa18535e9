/**
 * What a listing of an organization means for the registry (O9, O11, O16, O17). One pure function an account: the
 * preview and the run plan by the same code, in slices of any size and in any order, and applying a plan and planning
 * again yields nothing more.
 */
import type { Badge, BadgeChange } from '../badges/badge-change.ts';
import { diffOrganizationBadges } from '../badges/organization-badges.ts';
import { diffTagBadges } from '../badges/tag-badges.ts';
import { judgeScope, type ExclusionRule, type OrganizationScope, type ScopedAccount } from './scope.ts';

/** What can become of an account; stored and shown, so the words never change. */
export const changeKinds = ['add', 'take_over', 'move', 'rename', 'suspend', 'reinstate', 'update', 'exclude', 'remove'] as const;
/**
 * - `add`: the account becomes a managed cloud.
 * - `take_over`: a cloud that is listed already becomes managed by this organization; credentials of its own sleep (O11).
 * - `move`, `rename`, `suspend`: what happened to it at AWS; `reinstate`: it is no longer suspended.
 * - `update`: nothing but its badges, or the names on its path, differ.
 * - `exclude`: the scope leaves it out, and it is not managed by this organization, so nothing is done.
 * - `remove`: it leaves the organization's clouds.
 */
export type ChangeKind = (typeof changeKinds)[number];

/** An account as listed. */
export interface ListedAccount extends ScopedAccount {
  /** The names of the units on its path, joined; null while one is not known. */
  path: string | null;
}

/** A cloud as the registry has it. */
export interface ListedCloud {
  accountId: string;
  /** Whether this organization manages it, another one does, or none. */
  managedBy: 'this' | 'other' | 'none';
  name: string | null;
  /** The root or unit that it was last seen below. */
  parentId: string | null;
  path: string | null;
  /** Its status is `suspended`. */
  suspended: boolean;
  /** Credentials of its own sleep and can return. */
  hasOwnCredentials: boolean;
}

/** All that is known of one account: listed, in the registry, or both. */
export interface PlanSubject {
  account: ListedAccount | null;
  cloud: ListedCloud | null;
  badges: ReadonlyMap<string, Badge>;
  /** Null when they were not read: then no badge of a tag changes. */
  tags: ReadonlyMap<string, string> | null;
}

/** What a whole plan goes by. */
export interface PlanContext {
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  nickname: string;
  scope: OrganizationScope;
  /**
   * The accounts were listed in one unbroken pass. Without that nothing is removed (O17): who is missing may only not
   * have been reached.
   */
  complete: boolean;
}

/** Why a cloud leaves, and what of it: one with credentials of its own goes back to being nobody's (O11). */
export interface Removal {
  reason: 'departed' | 'out_of_scope';
  effect: 'delete' | 'release';
}

export interface AccountPlan {
  accountId: string;
  name: string | null;
  path: string | null;
  /** Never empty; more than one where several things happened at once. */
  changes: readonly ChangeKind[];
  /** The rule that excludes or removes it, where one does. */
  rule: ExclusionRule | null;
  removal: Removal | null;
  badges: readonly BadgeChange[];
  /** Keys of tags that make no badge, because they belong to the system. */
  skippedTags: readonly string[];
}

/** Plans one account; null when nothing is to be done or told. */
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
      if (cloud?.managedBy !== 'this') return tell(account, { changes: ['exclude'], rule: judged.by });
      return context.complete ? remove(subject, 'out_of_scope', judged.by) : null;
  }
}

/** Plans a slice of accounts. */
export function planAccounts(context: PlanContext, subjects: Iterable<PlanSubject>): AccountPlan[] {
  return Array.from(subjects, (subject) => planAccount(context, subject)).filter((plan) => plan !== null);
}

/** How many accounts each kind of change concerns. */
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
  return changes.length === 0 ? null : tell(account, { changes, badges: changed, skippedTags: ofTags.skipped });
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

/** True when the cloud lacks something that is known by now, or a unit on its path got another name. */
function knowsLess(cloud: ListedCloud, account: ListedAccount): boolean {
  return (
    (account.path !== null && account.path !== cloud.path) || (account.ancestors !== null && cloud.parentId === null) || cloud.name === null
  );
}

function remove({ account, cloud, badges }: PlanSubject, reason: Removal['reason'], rule: ExclusionRule | null): AccountPlan {
  const effect = cloud!.hasOwnCredentials ? 'release' : 'delete';
  // The removal may be held for days (O17); until then the cloud must not pass for one that is in use.
  const suspends = account?.state === 'suspended' && !cloud!.suspended;
  return tell(account ?? cloud!, {
    changes: suspends ? ['suspend', 'remove'] : ['remove'],
    rule,
    removal: { reason, effect },
    badges: effect === 'release' ? diffOrganizationBadges(badges, null) : [],
  });
}

function tell(
  { accountId, name, path }: { accountId: string; name: string | null; path: string | null },
  plan: Pick<AccountPlan, 'changes'> & Partial<AccountPlan>,
): AccountPlan {
  return { accountId, name, path, rule: null, removal: null, badges: [], skippedTags: [], ...plan };
}
