/**
 * The states of an AWS delegation request, by AWS's names in lower case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-building-integration.html
 */
export const awsDelegationStates = ['unassigned', 'assigned', 'pending_approval', 'accepted', 'finalized', 'rejected', 'expired'] as const;
export type AwsDelegationState = (typeof awsDelegationStates)[number];

/** What Muster does about a request; `requested` means waiting for the customer, and the AWS state says where. */
export const delegationPhases = ['requested', 'deploying', 'verifying', 'completed', 'rejected', 'expired', 'failed', 'cancelled'] as const;
export type DelegationPhase = (typeof delegationPhases)[number];

export type DelegationScope = 'account' | 'organization';

/** True once nothing more will happen to a request. */
export function isFinalPhase(phase: DelegationPhase): boolean {
  return phase !== 'requested' && phase !== 'deploying' && phase !== 'verifying';
}

/**
 * Reads a state as AWS writes it. The notification table spells PENDING APPROVAL with a space, the API's enum with an
 * underscore: both are read. Null for a word that AWS does not have today.
 */
export function parseAwsState(text: string): AwsDelegationState | null {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  return awsDelegationStates.find((state) => state === name) ?? null;
}

/** How far along a state is; AWS only ever moves a request up (equal timestamps are told apart by this). */
export function stateRank(state: AwsDelegationState): number {
  return awsDelegationStates.indexOf(state);
}

/** What a person who answers a request needs to be allowed. */
export const reviewerPermissions: readonly string[] = [
  'iam:AcceptDelegationRequest',
  'iam:AssociateDelegationRequest',
  'iam:GetDelegationRequest',
  'iam:ListDelegationRequests',
  'iam:RejectDelegationRequest',
  'iam:SendDelegationToken',
  'iam:UpdateDelegationRequest',
];
