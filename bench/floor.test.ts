import { describe, expect, it } from 'vitest';
import { floorOf } from './floor.ts';

describe('the floor', () => {
  it.each([
    // 21 parents at 5 a second, 8 of them at once.
    [{ accounts: 127, organizationalUnits: 20, way: 'tagging' }, 2_600, 'ListOrganizationalUnitsForParent'],
    // 127 accounts at 10 a second, 15 of them at once.
    [{ accounts: 127, organizationalUnits: 20, way: 'by-account' }, 11_200, 'ListTagsForResource'],
    // 500 pages at 8 a second, 12 of them at once.
    [{ accounts: 10_000, organizationalUnits: 0, way: 'tagging' }, 61_000, 'ListAccounts'],
  ] as const)('of %o is that of the slowest bucket', (one, ms, bucket) => {
    expect(floorOf(one)).toMatchObject({ ms, bucket });
  });

  it('is none without rates', () => {
    expect(floorOf({ accounts: 10_000, organizationalUnits: 600, way: 'unlimited' }).ms).toBe(0);
  });
});
