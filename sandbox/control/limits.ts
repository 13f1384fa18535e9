/** AWS's published request rates as token buckets, kept in memory only: after a restart they are full. */
import type { ServiceName } from '../core/service-name.ts';
import { rateOf } from './rates.ts';
import type { Rate } from './rates.ts';

export interface LimitedCall {
  service: ServiceName;
  operation: string;
  /** The caller's account: cross-account calls count against the caller only (reference_iam-quotas.html). */
  accountId: string;
  /** The caller's organization, if it has one: its accounts draw on one bucket beside their own (orgs_reference_limits.html). */
  organizationId?: string | undefined;
  region: string;
  /** The rate set for SimulatePrincipalPolicy, in place of the usual one. */
  simulationsPerSecond?: number | undefined;
}

export interface Buckets {
  /** Takes a token from every bucket that the call draws on; false, and none is taken, when the call has to be throttled. */
  admit(call: LimitedCall): boolean;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

export function createBuckets(now: () => number = () => Date.now()): Buckets {
  const buckets = new Map<string, Bucket>();

  function filled(key: string, rate: Rate): Bucket {
    const at = now();
    const bucket = buckets.get(key) ?? { tokens: rate.burst, filledAt: at };
    bucket.tokens = Math.min(rate.burst, bucket.tokens + ((at - bucket.filledAt) / 1000) * rate.rate);
    bucket.filledAt = at;
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    admit({ service, operation, accountId, organizationId, region, simulationsPerSecond }) {
      const row = rateOf(service, operation, simulationsPerSecond);
      if (!row) return true;
      // Organizations is one service for a whole partition; where a call is signed for makes no second bucket.
      const where = service === 'sts' ? region : '';
      const drawn = [filled(`${row.name}/${where}/${accountId}`, row.perAccount)];
      if (row.perOrganization && organizationId !== undefined) drawn.push(filled(`${row.name}/${organizationId}`, row.perOrganization));
      if (drawn.some(({ tokens }) => tokens < 1)) return false;
      for (const bucket of drawn) bucket.tokens -= 1;
      return true;
    },
  };
}
