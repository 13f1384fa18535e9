import type { AccountState } from './account-state.ts';

/**
 * Selects the accounts of an organization (O8). Every exclusion beats every inclusion, and Muster reports the rule that
 * excludes an account. The management account is treated like every other one: it is in a scope that is limited to units
 * only if the scope includes the root or a unit above it.
 */
export interface OrganizationScope {
  /**
   * Excludes accounts whose name starts with one of these. The comparison is case-sensitive, because AWS keeps names as they
   * were typed, and in Unicode NFC, because the same letter may be typed in two ways. An empty prefix matches nothing.
   */
  excludeNamePrefixes: readonly string[];
  /** Includes only accounts under these units or this root, at any depth. Empty: includes all. */
  includeOuIds: readonly string[];
  /** Excludes accounts under these units, at any depth. */
  excludeOuIds: readonly string[];
  excludeAccountIds: readonly string[];
  /** Excludes suspended accounts, and removes their clouds. */
  autoRemoveSuspended: boolean;
}

export const wholeOrganization: OrganizationScope = {
  excludeNamePrefixes: [],
  includeOuIds: [],
  excludeOuIds: [],
  excludeAccountIds: [],
  autoRemoveSuspended: false,
};

/** Fills in absent fields and drops duplicates. */
export function completeScope(scope: { [Field in keyof OrganizationScope]?: OrganizationScope[Field] | undefined }): OrganizationScope {
  const distinct = (values: readonly string[] | undefined) => [...new Set(values)];
  return {
    excludeNamePrefixes: distinct(scope.excludeNamePrefixes?.map((prefix) => prefix.normalize('NFC'))),
    includeOuIds: distinct(scope.includeOuIds),
    excludeOuIds: distinct(scope.excludeOuIds),
    excludeAccountIds: distinct(scope.excludeAccountIds),
    autoRemoveSuspended: scope.autoRemoveSuspended ?? false,
  };
}

/** The rule that excludes an account. The values are stored and shown, so they never change. */
export type ExclusionRule =
  | { rule: 'exclude_account_id'; value: string }
  | { rule: 'exclude_ou_id'; value: string }
  | { rule: 'exclude_name_prefix'; value: string }
  | { rule: 'not_in_included_ous' }
  | { rule: 'auto_remove_suspended' };

export type ScopeVerdict =
  | { verdict: 'in_scope' }
  | { verdict: 'excluded'; by: ExclusionRule }
  /** The scope depends on the account's place, which is not known yet. */
  | { verdict: 'undecided' };

/** The facts of an account that a scope uses. */
export interface ScopedAccount {
  accountId: string;
  name: string;
  state: AccountState;
  /** The ids from the root down to the account's parent; null while they are not known. */
  ancestors: readonly string[] | null;
}

/**
 * Returns whether an account is in scope, and if not, the rule that excludes it. If several rules exclude it, the most
 * specific one counts: account id, then the nearest excluded unit, then the longest prefix, then the included units, then
 * suspension. The order of a scope's lists does not matter.
 */
export function judgeScope(scope: OrganizationScope, account: ScopedAccount): ScopeVerdict {
  const excluded = (by: ExclusionRule): ScopeVerdict => ({ verdict: 'excluded', by });
  if (scope.excludeAccountIds.includes(account.accountId)) return excluded({ rule: 'exclude_account_id', value: account.accountId });

  const { ancestors } = account;
  const excludedOu = ancestors?.findLast((id) => scope.excludeOuIds.includes(id));
  if (excludedOu !== undefined) return excluded({ rule: 'exclude_ou_id', value: excludedOu });

  // While the place is unknown, the other rules must not decide either, because a rule about the place may come first.
  if (ancestors === null && (scope.excludeOuIds.length > 0 || scope.includeOuIds.length > 0)) return { verdict: 'undecided' };

  const prefix = longestMatch(scope.excludeNamePrefixes, account.name);
  if (prefix !== null) return excluded({ rule: 'exclude_name_prefix', value: prefix });
  if (ancestors && scope.includeOuIds.length > 0 && !ancestors.some((id) => scope.includeOuIds.includes(id))) {
    return excluded({ rule: 'not_in_included_ous' });
  }
  if (scope.autoRemoveSuspended && account.state === 'suspended') return excluded({ rule: 'auto_remove_suspended' });
  return { verdict: 'in_scope' };
}

function longestMatch(prefixes: readonly string[], name: string): string | null {
  let longest: string | null = null;
  const normalized = name.normalize('NFC');
  for (const prefix of prefixes) {
    if (normalized.startsWith(prefix.normalize('NFC')) && prefix.length > (longest?.length ?? 0)) longest = prefix;
  }
  return longest;
}

/** Describes the rule for people. */
export function describeExclusion(by: ExclusionRule): string {
  switch (by.rule) {
    case 'exclude_account_id':
      return 'The scope excludes this account.';
    case 'exclude_ou_id':
      return `The scope excludes ${by.value}, and the account is under it.`;
    case 'exclude_name_prefix':
      return `The account's name begins with "${by.value}", which the scope excludes.`;
    case 'not_in_included_ous':
      return 'The scope is limited to organizational units that the account is not under.';
    case 'auto_remove_suspended':
      return 'The account is suspended, and the scope leaves suspended accounts out.';
  }
}
