import { operationLimit, usableBucket, type OrganizationsOperation } from '../../../../domain/organizations/rates.ts';
import type { OperationBucket } from '../rate-budget.ts';

/** The rate of calls to AWS. */
export interface Pace {
  /** Multiple of AWS's published rates. */
  speed: number;
  /** Milliseconds before the first retry of a call, doubled for each further retry, and the maximum. A retry also waits for its turn. */
  backOff: { firstMs: number; maxMs: number };
}

/** AWS's published rates. */
export const publishedPace: Pace = { speed: 1, backOff: { firstMs: 200, maxMs: 10_000 } };

/** The buckets of the Organizations API, reduced to a share. */
export function organizationsBuckets(share: number): (operation: OrganizationsOperation) => OperationBucket {
  return (operation) => ({ name: operationLimit(operation).bucket, size: usableBucket(operation, share) });
}
