/** AWS's published request rates as token buckets, kept in memory only: after a restart they are full. */
import type { ServiceName } from '../core/types.ts';

interface Rate {
  /** Tokens a second. */
  rate: number;
  burst: number;
}

/** "600 requests per second per account, per Region", shared by STS's operations; a burst is not published (aws-facts §3.2). */
const stsRate: Rate = { rate: 600, burst: 600 };

export interface Buckets {
  /** Takes a token; false when the call has to be throttled. Cross-account calls count against the caller only (aws-facts §3.2). */
  admit(call: { service: ServiceName; accountId: string; region: string }): boolean;
}

export function createBuckets(now: () => number = () => Date.now()): Buckets {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  return {
    admit({ service, accountId, region }) {
      if (service !== 'sts') return true;
      const key = `${service}/${accountId}/${region}`;
      const at = now();
      const bucket = buckets.get(key) ?? { tokens: stsRate.burst, filledAt: at };
      bucket.tokens = Math.min(stsRate.burst, bucket.tokens + ((at - bucket.filledAt) / 1000) * stsRate.rate);
      bucket.filledAt = at;
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
