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
 * The least time that AWS's rates leave for reading one organization: the time of the slowest bucket, full at the start. The
 * share is 1, as for a sync that a person requested. Latency and processor time come on top.
 */
export interface Floors {
  /** Muster's way: two calls with buckets of their own share the units. */
  own: Floor;
  /** The plain way: lists the units under every unit, by the only call that returns their names. */
  plain: Floor;
}

const none: Floor = { ms: 0, bucket: 'none', calls: 0 };
export const noFloors: Floors = { own: none, plain: none };

/** The floors of an import. */
export function floorsOf(one: Case): Floors {
  if (one.way === 'unlimited') return noFloors;
  const assuming = { bucket: 'sts:AssumeRole', calls: one.accounts, ms: minTimeMs(sts, one.accounts) };
  const { own, plain } = listingFloorsOf(one);
  return { own: slowest([own, assuming]), plain: slowest([plain, assuming]) };
}

/** The floors of listing only, as a preview does: Muster assumes no member role. */
export function listingFloorsOf({ accounts, organizationalUnits, way }: Case): Floors {
  const shared = [
    throughBuckets(['ListAccounts'], Math.ceil(accounts / pageSize)),
    ...(way === 'by-account' ? [tagFloorOf(accounts)] : []),
  ];
  // The root and every unit are asked for units under them, leaves too.
  const parents = 1 + organizationalUnits;
  return {
    own: slowest([...shared, throughBuckets(['ListOrganizationalUnitsForParent', 'ListChildren'], parents)]),
    plain: slowest([...shared, throughBuckets(['ListOrganizationalUnitsForParent'], parents)]),
  };
}

/** Total time divided by a floor; null if there is no floor. */
export function ratioOf(totalMs: number, { ms }: Floor): number | null {
  return ms > 0 ? totalMs / ms : null;
}

/** The floor of reading tags with one call per account. AWS publishes no rate for the bulk calls of the tagging API. */
export function tagFloorOf(accounts: number): Floor {
  return throughBuckets(['ListTagsForResource'], accounts);
}

/** The least time for calls that several buckets share: together they hold and refill the sum of calls. */
function throughBuckets(operations: readonly OrganizationsOperation[], calls: number): Floor {
  const buckets = operations.map((operation) => usableBucket(operation));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const together = { rate: sum(buckets.map(({ rate }) => rate)), burst: sum(buckets.map(({ burst }) => burst)) };
  return { bucket: operations.join(' + '), calls, ms: minTimeMs(together, calls) };
}

function slowest(floors: readonly Floor[]): Floor {
  return floors.reduce((slowest, floor) => (floor.ms > slowest.ms ? floor : slowest));
}
