import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinOrganizationPath, OrganizationTree, parseAccountPath } from './tree.ts';

/** The inverse of joinOrganizationPath. */
function split(path: string): string[] {
  if (path === '') return [];
  return Array.from(path.matchAll(/(?:^|\/)((?:\\.|[^\\/])*)/gsu), ([, name]) => name!.replaceAll(/\\(.)/gsu, '$1'));
}

const node = (id: string, parentId: string | null, name = id) => ({ id, parentId, name });

describe('O15: the path of an account, as AWS writes it', () => {
  it.each([
    ['o-a1b2c3d4e5/r-f6g7/', ['r-f6g7']],
    ['o-a1b2c3d4e5/r-f6g7/ou-f6g7-awsccccc/ou-f6g7-awsddddd/', ['r-f6g7', 'ou-f6g7-awsccccc', 'ou-f6g7-awsddddd']],
    ['o-a1b2c3d4e5/r-f6g7/ou-f6g7-awsccccc', ['r-f6g7', 'ou-f6g7-awsccccc']],
    ['o-a1b2c3d4e5/r-f6g7/ou-f6g7-awsccccc/123456789012', ['r-f6g7', 'ou-f6g7-awsccccc']],
    ['o-a1b2c3d4e5/r-f6g7/ou-f6g7-awsccccc/123456789012/', ['r-f6g7', 'ou-f6g7-awsccccc']],
    ['o-a1b2c3d4e5/', null],
    ['r-f6g7/ou-f6g7-awsccccc/', null],
    ['o-a1b2c3d4e5/r-f6g7/123/', null],
    ['', null],
  ])('%s', (path, ancestors) => {
    expect(parseAccountPath(path)).toEqual(ancestors && { organizationId: 'o-a1b2c3d4e5', ancestors });
  });
});

describe('O15: the organization path', () => {
  it.each([
    [[], ''],
    [['Engineering'], 'Engineering'],
    [['Engineering', 'Platform'], 'Engineering/Platform'],
    [['R/D', 'A\\B'], 'R\\/D/A\\\\B'],
    [['A\\', 'B'], 'A\\\\/B'],
    [['A\\/B'], 'A\\\\\\/B'],
  ])('%j', (names, path) => {
    expect(joinOrganizationPath(names)).toBe(path);
    expect(split(path)).toEqual(names);
  });

  it('can be split into the same names again, with any characters', () => {
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: fc.constantFrom('/', '\\', 'a', '\n', '😀') }));
    fc.assert(
      fc.property(fc.array(name), (names) => {
        expect(split(joinOrganizationPath(names))).toEqual(names);
      }),
    );
  });
});

describe('the tree of an organization', () => {
  const tree = new OrganizationTree([
    node('r-1', null, 'Root'),
    node('ou-1-a', 'r-1', 'Engineering'),
    node('ou-1-b', 'ou-1-a', 'Platform'),
    node('ou-1-c', 'r-1', 'Sales'),
    node('ou-1-d', 'ou-1-c', 'Platform'),
    node('ou-1-lost', 'ou-1-unread', 'Orphan'),
    node('ou-1-x', 'ou-1-y', 'X'),
    node('ou-1-y', 'ou-1-x', 'Y'),
  ]);

  it.each([
    ['r-1', ['r-1'], ''],
    ['ou-1-b', ['r-1', 'ou-1-a', 'ou-1-b'], 'Engineering/Platform'],
    // Two units of one name are two units.
    ['ou-1-d', ['r-1', 'ou-1-c', 'ou-1-d'], 'Sales/Platform'],
    ['ou-1-lost', null, null],
    ['ou-1-unread', null, null],
    ['ou-1-x', null, null],
  ])('%s', (id, ancestors, path) => {
    expect(tree.ancestors(id)).toEqual(ancestors);
    expect(tree.path(id)).toBe(path);
  });

  it('names a chain of ids from AWS even if the tree has a gap, but not while a name is missing', () => {
    expect(tree.namesOf(['r-1', 'ou-1-lost'])).toBe('Orphan');
    expect(tree.namesOf(['r-1', 'ou-1-unread'])).toBeNull();
    expect(tree.namesOf(['r-not-read'])).toBe('');
  });

  it('counts the accounts directly under a unit and at any depth', () => {
    const counts = tree.countAccounts(['r-1', 'ou-1-b', 'ou-1-b', 'ou-1-c', 'ou-1-unread']);
    expect(Object.fromEntries(counts)).toMatchObject({
      'r-1': { direct: 1, total: 4 },
      'ou-1-a': { direct: 0, total: 2 },
      'ou-1-b': { direct: 2, total: 2 },
      'ou-1-c': { direct: 1, total: 1 },
      'ou-1-d': { direct: 0, total: 0 },
      'ou-1-unread': { direct: 1, total: 1 },
    });
  });

  it('the root’s total is the number of accounts, in any order of the units', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `ou-1-${index}`);
    const arbitrary = fc.tuple(...ids.map((_, index) => fc.nat({ max: index }))).chain((parents) =>
      fc.record({
        nodes: fc.shuffledSubarray(
          [node('r-1', null), ...ids.map((id, index) => node(id, parents[index] === 0 ? 'r-1' : ids[parents[index]! - 1]!))],
          { minLength: 13 },
        ),
        accounts: fc.array(fc.constantFrom('r-1', ...ids)),
      }),
    );
    fc.assert(
      fc.property(arbitrary, ({ nodes, accounts }) => {
        const counts = new OrganizationTree(nodes).countAccounts(accounts);
        expect(counts.get('r-1')!.total).toBe(accounts.length);
        expect([...counts.values()].reduce((sum, { direct }) => sum + direct, 0)).toBe(accounts.length);
      }),
    );
  });
});
