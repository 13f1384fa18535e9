import {
  emptyBucket,
  fullBucket,
  operationLimit,
  takeCall,
  usableBucket,
  type BucketLevel,
  type BucketSize,
  type OrganizationsOperation,
} from '../../../domain/organizations/rates.ts';
import type { SyncTrigger } from '../../../domain/organizations/sync.ts';

/**
 * How much of AWS's published rates a piece of work uses: all of it while a person waits, half on schedule, because the
 * customer's own tools draw on the same budget.
 */
export function shareOf(trigger: SyncTrigger): number {
  return trigger === 'schedule' ? 0.5 : 1;
}

/**
 * Calls do not reach AWS at the very distances at which they left. So much of a call stays in each bucket, or one that
 * travelled faster than the one before it would be throttled.
 */
const slack = 0.5;

/** The rate budget of one attempt at one organization: each call waits its turn in its operation's bucket. */
export class RateBudget {
  private readonly share: number;
  private readonly now: () => number;
  private readonly levels = new Map<string, BucketLevel>();
  private readonly startsEmpty: boolean;

  /** `startsEmpty`: what is left at AWS is not known, as after a crash. `now`: milliseconds of a clock that only goes forward. */
  constructor(share: number, { startsEmpty = false, now = () => performance.now() } = {}) {
    this.share = share;
    this.startsEmpty = startsEmpty;
    this.now = now;
  }

  /** Takes a call out of its bucket; answers how many milliseconds to wait before making it. */
  take(operation: OrganizationsOperation): number {
    const { bucket, size, level } = this.bucketOf(operation);
    const taken = takeCall(size, level, this.now());
    this.levels.set(bucket, taken.level);
    return taken.waitMs;
  }

  /** AWS throttled a call: somebody else has had what seemed to be left. */
  empty(operation: OrganizationsOperation): void {
    const { bucket, level } = this.bucketOf(operation);
    if (level.calls > 0) this.levels.set(bucket, emptyBucket(this.now()));
  }

  private bucketOf(operation: OrganizationsOperation): { bucket: string; size: BucketSize; level: BucketLevel } {
    const { bucket } = operationLimit(operation);
    const { rate, burst } = usableBucket(operation, this.share);
    const size = { rate, burst: Math.max(1, burst - slack) };
    const level = this.levels.get(bucket) ?? (this.startsEmpty ? emptyBucket(this.now()) : fullBucket(size, this.now()));
    return { bucket, size, level };
  }
}
