import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeScope, judgeScope, wholeOrganization, type OrganizationScope, type ScopedAccount, type ScopeVerdict } from './scope.ts';

const account: ScopedAccount = {
  accountId: '111122223333',
  name: 'Sandbox-Payments',
  state: 'active',
  ancestors: ['r-1', 'ou-1-eng', 'ou-1-pay'],
};
const inScope: ScopeVerdict = { verdict: 'in_scope' };
const excluded = (rule: string, value?: string) => ({ verdict: 'excluded', by: value === undefined ? { rule } : { rule, value } });

describe('O8: the accounts in scope', () => {
  it.each<[string, Partial<OrganizationScope>, Partial<ScopedAccount>, unknown]>([
    ['without rules, every account', {}, {}, inScope],
    ['without rules, suspended accounts too', {}, { state: 'suspended' }, inScope],
    ['a name prefix', { excludeNamePrefixes: ['Sandbox-'] }, {}, excluded('exclude_name_prefix', 'Sandbox-')],
    ['the whole name', { excludeNamePrefixes: ['Sandbox-Payments'] }, {}, excluded('exclude_name_prefix', 'Sandbox-Payments')],
    ['a prefix in another case is another prefix', { excludeNamePrefixes: ['sandbox-'] }, {}, inScope],
    [
      'C8: a prefix typed with composed letters',
      { excludeNamePrefixes: ['Caf\u00E9'] },
      { name: 'Cafe\u0301-1' },
      excluded('exclude_name_prefix', 'Caf\u00E9'),
    ],
    [
      'C8: a prefix typed with combining marks',
      { excludeNamePrefixes: ['Cafe\u0301'] },
      { name: 'Caf\u00E9-1' },
      excluded('exclude_name_prefix', 'Caf\u00E9'),
    ],
    ['C8: a letter without its accent is another letter', { excludeNamePrefixes: ['Cafe'] }, { name: 'Cafe\u0301-1' }, inScope],
    ['a text in the middle of a name is not a prefix', { excludeNamePrefixes: ['Payments'] }, {}, inScope],
    ['an empty prefix excludes no account', { excludeNamePrefixes: [''] }, {}, inScope],
    ['the longest prefix is reported', { excludeNamePrefixes: ['S', 'Sand', 'Sa'] }, {}, excluded('exclude_name_prefix', 'Sand')],
    ['the account’s own unit', { includeOuIds: ['ou-1-pay'] }, {}, inScope],
    ['a nested unit', { includeOuIds: ['ou-1-eng'] }, {}, inScope],
    ['the root', { includeOuIds: ['r-1'] }, {}, inScope],
    ['another unit', { includeOuIds: ['ou-1-ops'] }, {}, excluded('not_in_included_ous')],
    [
      'an account at the root is not under any unit',
      { includeOuIds: ['ou-1-eng'] },
      { ancestors: ['r-1'] },
      excluded('not_in_included_ous'),
    ],
    ['an excluded unit', { excludeOuIds: ['ou-1-pay'] }, {}, excluded('exclude_ou_id', 'ou-1-pay')],
    ['a unit within an excluded one', { excludeOuIds: ['ou-1-eng'] }, {}, excluded('exclude_ou_id', 'ou-1-eng')],
    ['the nearest excluded unit is reported', { excludeOuIds: ['ou-1-eng', 'ou-1-pay'] }, {}, excluded('exclude_ou_id', 'ou-1-pay')],
    ['exclusion beats inclusion', { includeOuIds: ['ou-1-pay'], excludeOuIds: ['ou-1-eng'] }, {}, excluded('exclude_ou_id', 'ou-1-eng')],
    ['an account id', { excludeAccountIds: ['111122223333'] }, {}, excluded('exclude_account_id', '111122223333')],
    [
      'an account id takes precedence',
      { excludeAccountIds: ['111122223333'], excludeOuIds: ['ou-1-pay'], excludeNamePrefixes: ['S'] },
      {},
      excluded('exclude_account_id', '111122223333'),
    ],
    ['suspended, with automatic removal', { autoRemoveSuspended: true }, { state: 'suspended' }, excluded('auto_remove_suspended')],
    ['active, with automatic removal', { autoRemoveSuspended: true }, {}, inScope],
    ['pending activation is not suspended', { autoRemoveSuspended: true }, { state: 'pending_activation' }, inScope],
    ['the place is unknown, and an included unit needs it', { includeOuIds: ['ou-1-eng'] }, { ancestors: null }, { verdict: 'undecided' }],
    ['the place is unknown, and an excluded unit needs it', { excludeOuIds: ['ou-1-eng'] }, { ancestors: null }, { verdict: 'undecided' }],
    ['the place is unknown, and no rule needs it', { excludeNamePrefixes: ['X'] }, { ancestors: null }, inScope],
    [
      'the place is unknown, and the account is excluded by its id',
      { excludeAccountIds: ['111122223333'], includeOuIds: ['ou-1-eng'] },
      { ancestors: null },
      excluded('exclude_account_id', '111122223333'),
    ],
  ])('%s', (_name, scope, changes, expected) => {
    expect(judgeScope(completeScope(scope), { ...account, ...changes })).toEqual(expected);
  });
});

const ids = ['r-1', 'ou-1-a', 'ou-1-b', 'ou-1-c'];
const anyScope: fc.Arbitrary<OrganizationScope> = fc.record({
  excludeNamePrefixes: fc.array(fc.constantFrom('', 'a', 'A', 'ab', 'é', '😀', 'dev-')),
  includeOuIds: fc.array(fc.constantFrom(...ids)),
  excludeOuIds: fc.array(fc.constantFrom(...ids.slice(1))),
  excludeAccountIds: fc.array(fc.constantFrom('1', '2')),
  autoRemoveSuspended: fc.boolean(),
});
const anyAccount: fc.Arbitrary<ScopedAccount> = fc.record({
  accountId: fc.constantFrom('1', '2', '3'),
  name: fc.constantFrom('abc', 'ABC', 'é', 'dev-1', '😀x', ''),
  state: fc.constantFrom('active', 'suspended', 'pending_activation'),
  ancestors: fc.constantFrom(null, ['r-1'], ['r-1', 'ou-1-a'], ['r-1', 'ou-1-a', 'ou-1-b'], ['r-1', 'ou-1-c']),
});

const anyPlaced = anyAccount.filter(({ ancestors }) => ancestors !== null);

describe('O8: laws of the filter', () => {
  it('the order of a scope’s lists, and duplicates in them, do not matter', () => {
    fc.assert(
      fc.property(anyScope, anyAccount, (scope, account) => {
        const turned = {
          ...scope,
          excludeNamePrefixes: [...scope.excludeNamePrefixes, ...scope.excludeNamePrefixes].toReversed(),
          includeOuIds: [...scope.includeOuIds, ...scope.includeOuIds].toReversed(),
          excludeOuIds: scope.excludeOuIds.toReversed(),
          excludeAccountIds: scope.excludeAccountIds.toReversed(),
        };
        expect(judgeScope(turned, account)).toEqual(judgeScope(scope, account));
        expect(judgeScope(completeScope(turned), account)).toEqual(judgeScope(scope, account));
      }),
    );
  });

  it('another exclusion never includes an account', () => {
    fc.assert(
      fc.property(anyScope, anyScope, anyAccount, (scope, more, account) => {
        const stricter: OrganizationScope = {
          includeOuIds: scope.includeOuIds,
          excludeNamePrefixes: [...scope.excludeNamePrefixes, ...more.excludeNamePrefixes],
          excludeOuIds: [...scope.excludeOuIds, ...more.excludeOuIds],
          excludeAccountIds: [...scope.excludeAccountIds, ...more.excludeAccountIds],
          autoRemoveSuspended: scope.autoRemoveSuspended || more.autoRemoveSuspended,
        };
        const before = judgeScope(scope, account).verdict;
        expect(before !== 'in_scope' && judgeScope(stricter, account).verdict === 'in_scope').toBe(false);
      }),
    );
  });

  it('a decision without the place holds for every place', () => {
    fc.assert(
      fc.property(anyScope, anyPlaced, (scope, account) => {
        const early = judgeScope(scope, { ...account, ancestors: null });
        const known = judgeScope(scope, account);
        expect(early.verdict === 'undecided' ? known : early).toEqual(known);
      }),
    );
  });

  it('a scope that includes the root has no limit', () => {
    fc.assert(
      fc.property(anyScope, anyPlaced, (scope, account) => {
        expect(judgeScope({ ...scope, includeOuIds: ['r-1'] }, account)).toEqual(judgeScope({ ...scope, includeOuIds: [] }, account));
      }),
    );
  });

  it('an empty scope is the whole organization', () => expect(completeScope({})).toEqual(wholeOrganization));
});
