import { expect, it } from 'vitest';
import { completeScope } from './scope.ts';
import { describeUnknownId, idsOf, nameIds, newIdsOf } from './scope-ids.ts';

it('O8: a scope names its units and accounts, and no prefix', () => {
  const scope = completeScope({
    excludeNamePrefixes: ['dev'],
    includeOuIds: ['r-1', 'ou-1-a'],
    excludeOuIds: ['ou-1-b'],
    excludeAccountIds: ['111122223333'],
  });
  expect(idsOf(scope)).toEqual([
    { field: 'includeOuIds', id: 'r-1' },
    { field: 'includeOuIds', id: 'ou-1-a' },
    { field: 'excludeOuIds', id: 'ou-1-b' },
    { field: 'excludeAccountIds', id: '111122223333' },
  ]);
});

it('A3: an id that the scope had before is not new, also in another list', () => {
  const before = completeScope({ includeOuIds: ['ou-1-gone'] });
  const after = completeScope({ excludeOuIds: ['ou-1-gone', 'ou-1-new'] });
  expect(newIdsOf(after, before)).toEqual([{ field: 'excludeOuIds', id: 'ou-1-new' }]);
});

it('A3: the kind of an unknown id and its effect are named', () => {
  expect(describeUnknownId({ field: 'includeOuIds', id: 'r-1' })).toBe(
    'The organization has no root r-1, so it brings no account into the scope.',
  );
  expect(describeUnknownId({ field: 'excludeOuIds', id: 'ou-1-a' })).toContain('no organizational unit ou-1-a, so it excludes no account');
  expect(describeUnknownId({ field: 'excludeAccountIds', id: '111122223333' })).toContain('no account 111122223333');
});

it('A3: a sentence names ten ids at most', () => {
  const ids = Array.from({ length: 12 }, (_, number) => ({ field: 'includeOuIds' as const, id: `ou-1-${number}` }));
  expect(nameIds(ids)).toMatch(/^ou-1-0, .*ou-1-9 and 2 more$/);
  expect(nameIds(ids.slice(0, 2))).toBe('ou-1-0, ou-1-1');
});
