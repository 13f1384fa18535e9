import { emptyBucket, fullBucket, takeCall, type BucketLevel, type BucketSize } from '../../../domain/organizations/token-bucket.ts';
import type { SyncTrigger } from '../../../domain/organizations/sync.ts';

/**
 * The share of a provider's published rates that a piece of work uses: all of it while an operator waits, half on
 * schedule, because the customer's own tools share the same budget.
 */
export function shareOf(trigger: SyncTrigger): number {
  return trigger === 'schedule' ? 0.5 : 1;
}

/**
 * Calls reach the provider at other intervals than they left. This much of a call stays in each bucket, so that a call
 * that travelled faster than the previous one is not throttled.
 */
const slack = 0.5;

/** The bucket that an operation uses. Operations that the provider counts together share a name. */
export interface OperationBucket {
  name: string;
  size: BucketSize;
}

/** The rate budget of one attempt at one organization: each call waits for its turn in its operation's bucket. */
export class RateBudget<Operation> {
  private readonly bucketFor: (operation: Operation) => OperationBucket;
  private readonly now: () => number;
  private readonly levels = new Map<string, BucketLevel>();
  private readonly startsEmpty: boolean;

  /** `startsEmpty`: other calls may have emptied the buckets, as after a crash. `now`: milliseconds of a monotonic clock. */
  constructor(bucketFor: (operation: Operation) => OperationBucket, { startsEmpty = false, now = () => performance.now() } = {}) {
    this.bucketFor = bucketFor;
    this.startsEmpty = startsEmpty;
    this.now = now;
  }

  /** Takes a call out of its bucket; returns the milliseconds to wait before making it. */
  take(operation: Operation): number {
    const { name, size, level } = this.bucketOf(operation);
    const taken = takeCall(size, level, this.now());
    this.levels.set(name, taken.level);
    return taken.waitMs;
  }

  /** Empties a bucket after the provider throttled a call: other callers have used it. */
  empty(operation: Operation): void {
    const { name, level } = this.bucketOf(operation);
    if (level.calls > 0) this.levels.set(name, emptyBucket(this.now()));
  }

  private bucketOf(operation: Operation): OperationBucket & { level: BucketLevel } {
    const { name, size: whole } = this.bucketFor(operation);
    const size = { rate: whole.rate, burst: Math.max(1, whole.burst - slack) };
    const level = this.levels.get(name) ?? (this.startsEmpty ? emptyBucket(this.now()) : fullBucket(size, this.now()));
    return { name, size, level };
  }
}
