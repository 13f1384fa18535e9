/**
 * The states of an AWS delegation request, by AWS's names in lower case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-building-integration.html
 */
export const awsDelegationStates = ['unassigned', 'assigned', 'pending_approval', 'accepted', 'finalized', 'rejected', 'expired'] as const;
export type AwsDelegationState = (typeof awsDelegationStates)[number];

/** Muster's phases of a request. In `requested` it waits for the customer, and the AWS state shows for which step. */
export const delegationPhases = ['requested', 'deploying', 'verifying', 'completed', 'rejected', 'expired', 'failed', 'cancelled'] as const;
export type DelegationPhase = (typeof delegationPhases)[number];

export type DelegationScope = 'account' | 'organization';

/** True if the request has ended. */
export function isFinalPhase(phase: DelegationPhase): boolean {
  return phase !== 'requested' && phase !== 'deploying' && phase !== 'verifying';
}

/** The phases of a request that has not ended. */
export const openDelegationPhases = delegationPhases.filter((phase) => !isFinalPhase(phase));

/**
 * Reads a state as AWS writes it. AWS's table of notifications spells PENDING APPROVAL with a space, its API with an
 * underscore; both are read. Null for an unknown state.
 */
export function parseAwsState(text: string): AwsDelegationState | null {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  return awsDelegationStates.find((state) => state === name) ?? null;
}

/** The rank of a state. AWS only moves a request to a higher rank, which orders messages with equal timestamps. */
export function stateRank(state: AwsDelegationState): number {
  return awsDelegationStates.indexOf(state);
}

/** The permissions of a person who answers a request. */
export const reviewerPermissions: readonly string[] = [
  'iam:AcceptDelegationRequest',
  'iam:AssociateDelegationRequest',
  'iam:GetDelegationRequest',
  'iam:ListDelegationRequests',
  'iam:RejectDelegationRequest',
  'iam:SendDelegationToken',
  'iam:UpdateDelegationRequest',
];
