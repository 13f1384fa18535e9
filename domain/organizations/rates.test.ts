import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationLimit, usableBucket } from './rates.ts';
import { emptyBucket, fullBucket, minTimeMs, takeCall, type BucketLevel, type BucketSize } from './token-bucket.ts';

describe('O9: AWS’s published rates', () => {
  it.each([
    ['ListAccounts', 8, 12],
    ['ListTagsForResource', 10, 15],
    ['ListAccountsForParent', 5, 8],
    ['ListOrganizationalUnitsForParent', 5, 8],
    ['DescribeOrganization', 1, 2],
    ['DescribePolicy', 2, 2],
  ] as const)('%s: %i a second, %i at once', (operation, rate, burst) => expect(usableBucket(operation)).toEqual({ rate, burst }));

  it('operations that AWS counts together share a bucket', () => {
    const { bucket } = operationLimit('ListParents');
    expect(operationLimit('ListAccountsForParent').bucket).toBe(bucket);
    expect(operationLimit('ListOrganizationalUnitsForParent').bucket).toBe(bucket);
    expect(operationLimit('ListChildren').bucket).not.toBe(bucket);
    expect(operationLimit('ListPoliciesForTarget').bucket).toBe(operationLimit('ListTargetsForPolicy').bucket);
  });

  it('half a share is half the rate, and never less than one call at once', () => {
    expect(usableBucket('ListAccounts', 0.5)).toEqual({ rate: 4, burst: 6 });
    expect(usableBucket('DescribePolicy', 0.25)).toEqual({ rate: 0.5, burst: 1 });
  });
});

/** Takes calls at these moments; answers when each was made. */
function run(bucket: BucketSize, start: BucketLevel, moments: readonly number[]): number[] {
  let level = start;
  return moments.map((now) => {
    const taken = takeCall(bucket, level, now);
    level = taken.level;
    return now + taken.waitMs;
  });
}

const anyBucket = fc.record({ rate: fc.integer({ min: 1, max: 24 }), burst: fc.integer({ min: 1, max: 36 }) });
const anyMoments = fc.array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 200 }).map((all) => all.sort((a, b) => a - b));

describe('a token bucket', () => {
  it('gives its burst at once, and then its rate', () => {
    expect(run({ rate: 2, burst: 3 }, fullBucket({ rate: 2, burst: 3 }, 0), [0, 0, 0, 0, 0, 2_000])).toEqual([0, 0, 0, 500, 1_000, 2_000]);
  });

  it('gives nothing at once when nothing is known of what is left', () => {
    expect(run({ rate: 2, burst: 3 }, emptyBucket(0), [0, 0])).toEqual([500, 1_000]);
  });

  it('a clock that goes back neither fills it nor empties it', () => {
    expect(run({ rate: 2, burst: 1 }, emptyBucket(1_000), [0])).toEqual([500]);
  });

  it('never more than burst + rate × time in any span', () => {
    fc.assert(
      fc.property(anyBucket, anyMoments, (bucket, moments) => {
        const made = run(bucket, fullBucket(bucket, 0), moments);
        for (let first = 0; first < made.length; first += 1) {
          for (let last = first; last < made.length; last += 1) {
            const allowed = bucket.burst + ((made[last]! - made[first]!) * bucket.rate) / 1_000;
            expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('all at once, the last is made when the least time is over: no call is wasted', () => {
    fc.assert(
      fc.property(anyBucket, fc.integer({ min: 1, max: 300 }), (bucket, calls) => {
        const made = run(
          bucket,
          fullBucket(bucket, 0),
          Array.from({ length: calls }, () => 0),
        );
        expect(made.at(-1)).toBeCloseTo(minTimeMs(bucket, calls), 6);
      }),
    );
  });
});
