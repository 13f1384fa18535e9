/** The arithmetic of a token bucket. Pure: the rate limiter and the benchmark's floor both count by it. */

/** A bucket: calls that it gives back in a second, and calls that it holds when full. */
export interface BucketSize {
  rate: number;
  burst: number;
}

/** How full a bucket was at a time (milliseconds of any clock). Below zero: calls that were promised ahead. */
export interface BucketLevel {
  calls: number;
  at: number;
}

/** A bucket as it is when nobody called lately. */
export function fullBucket(bucket: BucketSize, at: number): BucketLevel {
  return { calls: bucket.burst, at };
}

/** A bucket of which we do not know what is left, as after a crash. */
export function emptyBucket(at: number): BucketLevel {
  return { calls: 0, at };
}

/**
 * Takes one call out at `now`. Answers how many milliseconds to wait before making it, and the level afterwards. Calls
 * may be taken ahead: each waits its turn, in the order in which they were taken.
 */
export function takeCall(bucket: BucketSize, level: BucketLevel, now: number): { level: BucketLevel; waitMs: number } {
  const elapsed = Math.max(0, now - level.at);
  const calls = Math.min(bucket.burst, level.calls + (elapsed * bucket.rate) / 1_000) - 1;
  return { level: { calls, at: Math.max(now, level.at) }, waitMs: calls >= 0 ? 0 : (-calls * 1_000) / bucket.rate };
}

/** The least milliseconds in which so many calls can be made through a bucket that is full at the start. */
export function minTimeMs(bucket: BucketSize, calls: number): number {
  return (Math.max(0, calls - bucket.burst) * 1_000) / bucket.rate;
}
