/** AWS's published request rates: tokens a second and burst (orgs_reference_limits.html, reference_iam-quotas.html). */
import type { ServiceName } from '../core/service-name.ts';

export interface Rate {
  /** Tokens a second. */
  rate: number;
  burst: number;
}

/** One row of a table of quotas: its operations draw on one bucket together. */
export interface RateRow {
  name: string;
  perAccount: Rate;
  /** Absent where AWS publishes none. */
  perOrganization?: Rate;
}

/** "600 requests per second per account, per Region", shared by STS's operations; a burst is not published. */
const sts: RateRow = { name: 'sts', perAccount: { rate: 600, burst: 600 } };

const rate = ([perSecond, burst]: readonly [number, number]): Rate => ({ rate: perSecond, burst });

function row(operations: string, perAccount: readonly [number, number], perOrganization?: readonly [number, number]): [string, RateRow][] {
  const shared: RateRow = {
    name: operations,
    perAccount: rate(perAccount),
    ...(perOrganization ? { perOrganization: rate(perOrganization) } : {}),
  };
  return operations.split(' ').map((operation): [string, RateRow] => [operation, shared]);
}

/** orgs_reference_limits.html, "Throttling limits". */
const organizations = new Map<string, RateRow>([
  ...row('ListAccounts', [8, 12], [9, 15]),
  ...row('ListTagsForResource', [10, 15], [12, 18]),
  ...row('DescribeAccount', [20, 30], [24, 36]),
  ...row('ListChildren', [6, 10], [7, 12]),
  ...row('ListParents ListAccountsForParent ListOrganizationalUnitsForParent', [5, 8], [6, 10]),
  ...row('ListRoots', [1, 2], [1, 3]),
  ...row('DescribeOrganization CreateOrganizationalUnit', [1, 2]),
  ...row('DescribeOrganizationalUnit', [2, 2], [2, 3]),
  ...row('ListPolicies ListPoliciesForTarget ListTargetsForPolicy', [5, 8], [6, 10]),
  ...row('DescribePolicy', [2, 2], [2, 3]),
  ...row('ListDelegatedAdministrators', [5, 8], [6, 10]),
  ...row('ListAWSServiceAccessForOrganization', [1, 3], [1, 4]),
  ...row('MoveAccount', [2, 3]),
  ...row('TagResource UntagResource', [4, 6]),
]);

/**
 * The policy simulator's rate is not published. Callers were throttled after some 183 calls in a row (nccgroup/PMapper issue 1), so
 * the usual one is a guess on the careful side; PUT /_sandbox/limits sets another. The caller is the role in the account
 * that is asked about, so the rate is that account's own.
 */
const simulation = (perSecond = 5): RateRow => ({ name: 'simulate', perAccount: { rate: perSecond, burst: 50 } });

/** undefined where no rate is known. */
export function rateOf(service: ServiceName, operation: string, simulationsPerSecond?: number): RateRow | undefined {
  if (service === 'sts') return sts;
  if (service === 'iam') return operation.startsWith('Simulate') ? simulation(simulationsPerSecond) : undefined;
  return service === 'organizations' ? organizations.get(operation) : undefined;
}
