/** The arithmetic of a token bucket. The rate limiter of the inventory and the benchmark's floor use the same functions. */

/** A token bucket: `rate` calls are refilled per second, and a full bucket holds `burst` calls. */
export interface BucketSize {
  rate: number;
  burst: number;
}

/** The calls in a bucket at a time (milliseconds of any clock). Negative for calls that were taken in advance. */
export interface BucketLevel {
  calls: number;
  at: number;
}

/** The level of a bucket that has not been used for a while. */
export function fullBucket(bucket: BucketSize, at: number): BucketLevel {
  return { calls: bucket.burst, at };
}

/** The level of a bucket whose past use is unknown, for example after a crash. */
export function emptyBucket(at: number): BucketLevel {
  return { calls: 0, at };
}

/**
 * Takes one call at `now`. Returns the new level, and how many milliseconds the caller must wait before the call. Calls
 * may be taken in advance; each waits its turn in the order in which it was taken.
 */
export function takeCall(bucket: BucketSize, level: BucketLevel, now: number): { level: BucketLevel; waitMs: number } {
  const elapsed = Math.max(0, now - level.at);
  const calls = Math.min(bucket.burst, level.calls + (elapsed * bucket.rate) / 1_000) - 1;
  return { level: { calls, at: Math.max(now, level.at) }, waitMs: calls >= 0 ? 0 : (-calls * 1_000) / bucket.rate };
}

/** The shortest time for this number of calls with a bucket that is full at the start, in milliseconds. */
export function minTimeMs(bucket: BucketSize, calls: number): number {
  return (Math.max(0, calls - bucket.burst) * 1_000) / bucket.rate;
}
