import { leastTimeMs, usableBucket, type BucketSize, type OrganizationsOperation } from '../domain/organizations/rates.ts';
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
export function floorOf({ accounts, organizationalUnits, way }: Case): Floor {
  if (way === 'unlimited') return { ms: 0, bucket: 'none', calls: 0 };
  const needed: [OrganizationsOperation, number][] = [
    ['ListAccounts', Math.ceil(accounts / pageSize)],
    ['ListOrganizationalUnitsForParent', 1 + organizationalUnits],
    ['ListTagsForResource', way === 'by-account' ? accounts : 0],
  ];
  const floors = needed.map(([operation, calls]) => ({
    bucket: operation as string,
    calls,
    ms: leastTimeMs(usableBucket(operation), calls),
  }));
  floors.push({ bucket: 'sts:AssumeRole', calls: accounts, ms: leastTimeMs(sts, accounts) });
  return floors.reduce((slowest, floor) => (floor.ms > slowest.ms ? floor : slowest));
}
