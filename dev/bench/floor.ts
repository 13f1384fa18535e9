import { usableBucket, type OrganizationsOperation } from '../../domain/organizations/rates.ts';
import { minTimeMs, type BucketSize } from '../../domain/organizations/token-bucket.ts';
import type { Case } from './options.ts';

/** Maximum page size of Organizations. */
const pageSize = 20;
/** STS allows 600 requests a second per account and Region. AWS does not publish a burst. */
const sts: BucketSize = { rate: 600, burst: 600 };

export interface Floor {
  ms: number;
  /** The slowest bucket. */
  bucket: string;
  calls: number;
}

/**
 * The least time that AWS's rates leave for the plain way to read one organization: the time of the slowest bucket, full at
 * the start. The plain way lists the units under every unit, by the only call that returns their names. The share is 1, as
 * for a sync that a person requested. Muster finds leaves by a second call with its own bucket, so it can be faster.
 */
export function floorOf(one: Case): Floor {
  if (one.way === 'unlimited') return { ms: 0, bucket: 'none', calls: 0 };
  const assuming = { bucket: 'sts:AssumeRole', calls: one.accounts, ms: minTimeMs(sts, one.accounts) };
  return slowest([...listing(one), assuming]);
}

/** The floor of listing only, as a preview does: Muster assumes no member role. */
export function listingFloorOf(one: Case): Floor {
  return slowest(listing(one));
}

/** The floor of reading tags with one call per account. AWS publishes no rate for the bulk calls of the tagging API. */
export function tagFloorOf(accounts: number): Floor {
  return throughBucket('ListTagsForResource', accounts);
}

function listing({ accounts, organizationalUnits, way }: Case): Floor[] {
  return [
    throughBucket('ListAccounts', Math.ceil(accounts / pageSize)),
    // Lists the units under every unit, also under leaves.
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
