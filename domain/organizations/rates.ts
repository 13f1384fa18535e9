import type { BucketSize } from './token-bucket.ts';

/**
 * AWS's published rate limits of the Organizations API.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */

/** The calls that share one bucket, and its size for one calling account and for the whole organization. */
interface PublishedRow {
  operations: readonly string[];
  account: BucketSize;
  /** Null if AWS publishes none. */
  organization: BucketSize | null;
}

const size = (rate: number, burst: number): BucketSize => ({ rate, burst });

const rows = [
  { operations: ['ListAccounts'], account: size(8, 12), organization: size(9, 15) },
  { operations: ['ListTagsForResource'], account: size(10, 15), organization: size(12, 18) },
  { operations: ['DescribeAccount'], account: size(20, 30), organization: size(24, 36) },
  { operations: ['ListChildren'], account: size(6, 10), organization: size(7, 12) },
  {
    operations: ['ListParents', 'ListAccountsForParent', 'ListOrganizationalUnitsForParent'],
    account: size(5, 8),
    organization: size(6, 10),
  },
  { operations: ['ListRoots'], account: size(1, 2), organization: size(1, 3) },
  { operations: ['DescribeOrganization', 'CreateOrganizationalUnit'], account: size(1, 2), organization: null },
  { operations: ['DescribeOrganizationalUnit'], account: size(2, 2), organization: size(2, 3) },
  { operations: ['ListPolicies', 'ListPoliciesForTarget', 'ListTargetsForPolicy'], account: size(5, 8), organization: size(6, 10) },
  { operations: ['DescribePolicy'], account: size(2, 2), organization: size(2, 3) },
  { operations: ['ListDelegatedAdministrators'], account: size(5, 8), organization: size(6, 10) },
  { operations: ['ListAWSServiceAccessForOrganization'], account: size(1, 3), organization: size(1, 4) },
] as const satisfies readonly PublishedRow[];

/** An operation of the Organizations API whose rate AWS publishes. */
export type OrganizationsOperation = (typeof rows)[number]['operations'][number];

/** The limit of one operation. */
export interface OperationLimit {
  /** The name of the bucket. Operations that AWS counts together have the same one. */
  bucket: string;
  account: BucketSize;
  organization: BucketSize | null;
}

const limits = new Map<string, OperationLimit>(
  rows.flatMap(({ operations, account, organization }) =>
    operations.map((operation) => [operation, { bucket: operations.join('+'), account, organization }] as const),
  ),
);

/** The published limit of an operation. */
export function operationLimit(operation: OrganizationsOperation): OperationLimit {
  return limits.get(operation)!;
}

/**
 * The bucket that Muster may use: the smaller of the account's and the organization's, times a share (0 < share ≤ 1),
 * because the customer's own tools use the same budget. It holds at least one call.
 */
export function usableBucket(operation: OrganizationsOperation, share = 1): BucketSize {
  const { account, organization } = operationLimit(operation);
  return {
    rate: Math.min(account.rate, organization?.rate ?? Infinity) * share,
    burst: Math.max(1, Math.min(account.burst, organization?.burst ?? Infinity) * share),
  };
}
