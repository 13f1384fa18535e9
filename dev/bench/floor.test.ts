import { describe, expect, it } from 'vitest';
import { floorOf, listingFloorOf, tagFloorOf } from './floor.ts';

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

  it('of a preview knows no role, and that of tags one by one is their calls', () => {
    const one = { accounts: 50_000, organizationalUnits: 0, way: 'tagging' } as const;
    // 2,500 pages at 8 a second, 12 of them at once.
    expect(listingFloorOf(one)).toMatchObject({ bucket: 'ListAccounts', calls: 2_500, ms: 311_000 });
    expect(tagFloorOf(10_000)).toMatchObject({ bucket: 'ListTagsForResource', calls: 10_000, ms: 998_500 });
  });

  it('is none without rates', () => {
    expect(floorOf({ accounts: 10_000, organizationalUnits: 600, way: 'unlimited' }).ms).toBe(0);
  });
});
