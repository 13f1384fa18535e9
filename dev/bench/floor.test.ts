import { describe, expect, it } from 'vitest';
import { floorsOf, listingFloorsOf, ratioOf, tagFloorOf } from './floor.ts';

describe('the floors', () => {
  it.each([
    // 21 parents at 5 a second, with a burst of 8.
    [{ accounts: 127, organizationalUnits: 20, way: 'tagging' }, 2_600, 'ListOrganizationalUnitsForParent'],
    // 127 accounts at 10 a second, with a burst of 15.
    [{ accounts: 127, organizationalUnits: 20, way: 'by-account' }, 11_200, 'ListTagsForResource'],
    // 500 pages at 8 a second, with a burst of 12.
    [{ accounts: 10_000, organizationalUnits: 0, way: 'tagging' }, 61_000, 'ListAccounts'],
  ] as const)('are the time of the slowest bucket, in the plain way: %o', (one, ms, bucket) => {
    expect(floorsOf(one).plain).toMatchObject({ ms, bucket });
  });

  it.each([
    // 21 parents at 11 a second, with a burst of 18: ListChildren adds 6 a second and 10.
    [127, 20, 273, 'ListOrganizationalUnitsForParent + ListChildren'],
    // 50 pages at 8 a second, with a burst of 12.
    [1_000, 60, 4_750, 'ListAccounts'],
    [10_000, 600, 61_000, 'ListAccounts'],
    [50_000, 2_000, 311_000, 'ListAccounts'],
  ])('E1: count two buckets for the units, in our own way: %i accounts in %i units', (accounts, organizationalUnits, ms, bucket) => {
    const { own, plain } = floorsOf({ accounts, organizationalUnits, way: 'tagging' });
    expect({ ...own, ms: Math.round(own.ms) }).toMatchObject({ ms, bucket });
    expect(own.ms).toBeLessThanOrEqual(plain.ms);
  });

  it('assume no role for a preview, and count one call per account for tags one by one', () => {
    const one = { accounts: 50_000, organizationalUnits: 0, way: 'tagging' } as const;
    // 2,500 pages at 8 a second, with a burst of 12.
    const floor = { bucket: 'ListAccounts', calls: 2_500, ms: 311_000 };
    expect(listingFloorsOf(one)).toMatchObject({ own: floor, plain: floor });
    expect(tagFloorOf(10_000)).toMatchObject({ bucket: 'ListTagsForResource', calls: 10_000, ms: 998_500 });
  });

  it('are zero without rates, which leaves no ratio', () => {
    const { own, plain } = floorsOf({ accounts: 10_000, organizationalUnits: 600, way: 'unlimited' });
    expect([own.ms, plain.ms, ratioOf(5_000, own)]).toEqual([0, 0, null]);
    expect(ratioOf(5_000, { ms: 2_500, bucket: 'ListAccounts', calls: 1 })).toBe(2);
  });
});
