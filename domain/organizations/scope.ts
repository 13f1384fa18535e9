import type { AccountState } from './account-state.ts';

/**
 * Which accounts of an organization are wanted (O8). Every exclusion beats every inclusion, and each account that is
 * left out is told by which rule. The management account is an account like any other: it hangs from the root (or
 * wherever it was moved), so a scope that is limited to units takes it in only if they, or the root, are named.
 */
export interface OrganizationScope {
  /**
   * Accounts whose name begins so are left out. Compared code point by code point, case and all: AWS keeps names as they
   * were typed. An empty prefix says nothing and matches nothing.
   */
  excludeNamePrefixes: readonly string[];
  /** Only accounts below these are wanted, however deep; a root's id may be named. Empty: all. */
  includeOuIds: readonly string[];
  /** Accounts below these are left out, however deep. */
  excludeOuIds: readonly string[];
  excludeAccountIds: readonly string[];
  /** Suspended accounts are left out, and removed where they are listed already. */
  autoRemoveSuspended: boolean;
}

export const wholeOrganization: OrganizationScope = {
  excludeNamePrefixes: [],
  includeOuIds: [],
  excludeOuIds: [],
  excludeAccountIds: [],
  autoRemoveSuspended: false,
};

/** Fills in what is left out and drops repetitions. */
export function completeScope(scope: { [Field in keyof OrganizationScope]?: OrganizationScope[Field] | undefined }): OrganizationScope {
  const distinct = (values: readonly string[] | undefined) => [...new Set(values)];
  return {
    excludeNamePrefixes: distinct(scope.excludeNamePrefixes),
    includeOuIds: distinct(scope.includeOuIds),
    excludeOuIds: distinct(scope.excludeOuIds),
    excludeAccountIds: distinct(scope.excludeAccountIds),
    autoRemoveSuspended: scope.autoRemoveSuspended ?? false,
  };
}

/** The rule that left an account out. The values are stored and shown; they never change. */
export type ExclusionRule =
  | { rule: 'exclude_account_id'; value: string }
  | { rule: 'exclude_ou_id'; value: string }
  | { rule: 'exclude_name_prefix'; value: string }
  | { rule: 'not_in_included_ous' }
  | { rule: 'auto_remove_suspended' };

export type ScopeVerdict =
  | { verdict: 'in_scope' }
  | { verdict: 'excluded'; by: ExclusionRule }
  /** The scope asks where the account hangs, and that is not known yet. */
  | { verdict: 'undecided' };

/** What the filter looks at. */
export interface ScopedAccount {
  accountId: string;
  name: string;
  state: AccountState;
  /** The ids from the root down to the account's parent; null while not known. */
  ancestors: readonly string[] | null;
}

/**
 * Says whether an account is wanted, and if not, why. Where several rules leave it out, the most particular one is
 * named: account id, then the nearest excluded unit, then the longest prefix, then the units to which the scope is
 * limited, then suspension. The order of a scope's lists changes nothing.
 */
export function judgeScope(scope: OrganizationScope, account: ScopedAccount): ScopeVerdict {
  const excluded = (by: ExclusionRule): ScopeVerdict => ({ verdict: 'excluded', by });
  if (scope.excludeAccountIds.includes(account.accountId)) return excluded({ rule: 'exclude_account_id', value: account.accountId });

  const { ancestors } = account;
  const excludedOu = ancestors?.findLast((id) => scope.excludeOuIds.includes(id));
  if (excludedOu !== undefined) return excluded({ rule: 'exclude_ou_id', value: excludedOu });

  // Until its place is known, a rule that does not ask for the place must not decide either: the answer could change.
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
  for (const prefix of prefixes) {
    if (name.startsWith(prefix) && prefix.length > (longest?.length ?? 0)) longest = prefix;
  }
  return longest;
}

/** A rule in words, for people. */
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
