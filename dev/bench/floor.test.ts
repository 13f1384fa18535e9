import { describe, expect, it } from 'vitest';
import { floorOf, listingFloorOf, tagFloorOf } from './floor.ts';

describe('the floor', () => {
  it.each([
    // 21 parents at 5 a second, with a burst of 8.
    [{ accounts: 127, organizationalUnits: 20, way: 'tagging' }, 2_600, 'ListOrganizationalUnitsForParent'],
    // 127 accounts at 10 a second, with a burst of 15.
    [{ accounts: 127, organizationalUnits: 20, way: 'by-account' }, 11_200, 'ListTagsForResource'],
    // 500 pages at 8 a second, with a burst of 12.
    [{ accounts: 10_000, organizationalUnits: 0, way: 'tagging' }, 61_000, 'ListAccounts'],
  ] as const)('is the time of the slowest bucket: %o', (one, ms, bucket) => {
    expect(floorOf(one)).toMatchObject({ ms, bucket });
  });

  it('assumes no role for a preview, and counts one call per account for tags one by one', () => {
    const one = { accounts: 50_000, organizationalUnits: 0, way: 'tagging' } as const;
    // 2,500 pages at 8 a second, with a burst of 12.
    expect(listingFloorOf(one)).toMatchObject({ bucket: 'ListAccounts', calls: 2_500, ms: 311_000 });
    expect(tagFloorOf(10_000)).toMatchObject({ bucket: 'ListTagsForResource', calls: 10_000, ms: 998_500 });
  });

  it('is zero without rates', () => {
    expect(floorOf({ accounts: 10_000, organizationalUnits: 600, way: 'unlimited' }).ms).toBe(0);
  });
});
