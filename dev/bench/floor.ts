import { usableBucket, type OrganizationsOperation } from '../../domain/organizations/rates.ts';
import { minTimeMs, type BucketSize } from '../../domain/organizations/token-bucket.ts';
import type { Case } from './options.ts';

/** Of Organizations, the most that is on a page. */
const pageSize = 20;
/** STS: 600 requests a second for an account and Region; a burst is not published (aws-facts.md §3.2). */
const sts: BucketSize = { rate: 600, burst: 600 };

export interface Floor {
  ms: number;
  /** The slowest bucket. */
  bucket: string;
  calls: number;
}

/**
 * The least time that AWS's rates leave for the plain way to read one organization (aws-facts.md §3.1): that of the slowest
 * bucket, full at the start, with every unit asked for those below it by the one call that tells their names. The share is
 * 1: a person asked. Muster finds leaves by a second call with a bucket of its own, and can so be faster than this.
 */
export function floorOf(one: Case): Floor {
  if (one.way === 'unlimited') return { ms: 0, bucket: 'none', calls: 0 };
  const assuming = { bucket: 'sts:AssumeRole', calls: one.accounts, ms: minTimeMs(sts, one.accounts) };
  return slowest([...listing(one), assuming]);
}

/** The same for listing alone, as a preview does: no role is asked. */
export function listingFloorOf(one: Case): Floor {
  return slowest(listing(one));
}

/** The same for reading the tags of so many accounts by a call each; of the tagging API's bulk calls no rate is published. */
export function tagFloorOf(accounts: number): Floor {
  return throughBucket('ListTagsForResource', accounts);
}

function listing({ accounts, organizationalUnits, way }: Case): Floor[] {
  return [
    throughBucket('ListAccounts', Math.ceil(accounts / pageSize)),
    // Every unit is asked for those below it; it may have none.
    throughBucket('ListOrganizationalUnitsForParent', 1 + organizationalUnits),
    ...(way === 'by-account' ? [tagFloorOf(accounts)] : []),
  ];
}

function throughBucket(operation: OrganizationsOperation, calls: number): Floor {
  return { bucket: operation, calls, ms: minTimeMs(usableBucket(operation), calls) };
}

function slowest(floors: readonly Floor[]): Floor {
  return floors.reduce((slowest, floor) => (floor.ms > slowest.ms ? floor : slowest));
}
