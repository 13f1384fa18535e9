import { operationLimit, usableBucket, type OrganizationsOperation } from '../../../../domain/organizations/rates.ts';
import type { OperationBucket } from '../rate-budget.ts';

/** How fast AWS is called. */
export interface Pace {
  /** Times AWS's published rates. */
  speed: number;
  /** Milliseconds before the second try of a call, doubled for each further one, and the longest pause. */
  backOff: { firstMs: number; maxMs: number };
}

/** As AWS publishes its rates. A call that is repeated waits its turn in the bucket besides. */
export const publishedPace: Pace = { speed: 1, backOff: { firstMs: 200, maxMs: 10_000 } };

/** The buckets of the Organizations API, of which a share is used. */
export function organizationsBuckets(share: number): (operation: OrganizationsOperation) => OperationBucket {
  return (operation) => ({ name: operationLimit(operation).bucket, size: usableBucket(operation, share) });
}
