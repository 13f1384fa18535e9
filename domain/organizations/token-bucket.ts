/** The arithmetic of a token bucket. The rate limiter and the benchmark's lower bound both use it. */

/** A bucket: calls that it regains per second, and calls that it holds when full. */
export interface BucketSize {
  rate: number;
  burst: number;
}

/** The level of a bucket at a time (milliseconds of any clock). Below zero: calls taken ahead. */
export interface BucketLevel {
  calls: number;
  at: number;
}

/** A bucket that was not used lately. */
export function fullBucket(bucket: BucketSize, at: number): BucketLevel {
  return { calls: bucket.burst, at };
}

/** A bucket whose level is unknown, as after a crash. */
export function emptyBucket(at: number): BucketLevel {
  return { calls: 0, at };
}

/**
 * Takes one call out at `now`. Returns the milliseconds to wait before making it, and the new level. Calls may be taken
 * ahead: each waits for its turn, in the order in which they were taken.
 */
export function takeCall(bucket: BucketSize, level: BucketLevel, now: number): { level: BucketLevel; waitMs: number } {
  const elapsed = Math.max(0, now - level.at);
  const calls = Math.min(bucket.burst, level.calls + (elapsed * bucket.rate) / 1_000) - 1;
  return { level: { calls, at: Math.max(now, level.at) }, waitMs: calls >= 0 ? 0 : (-calls * 1_000) / bucket.rate };
}

/** The minimum milliseconds for this many calls through a bucket that is full at the start. */
export function minTimeMs(bucket: BucketSize, calls: number): number {
  return (Math.max(0, calls - bucket.burst) * 1_000) / bucket.rate;
}
