import type { DelegationProgress } from './progress.ts';

/** The limits of a waiting request, in milliseconds (D7). */
export interface DelegationLimits {
  /** AWS ends a request that was not opened after this time. */
  unassigned: number;
  /** AWS ends each later waiting state after this time. */
  waiting: number;
  /** How long Muster waits beyond AWS's limit for AWS's EXPIRED notification. */
  grace: number;
}

const hour = 3_600_000;

/** 1 day and 7 days are AWS's limits. The hour of grace is Muster's. */
export const delegationLimits: DelegationLimits = { unassigned: 24 * hour, waiting: 7 * 24 * hour, grace: hour };

/** All limits of one request. */
export interface DelegationClocks extends DelegationLimits {
  /** The duration of the delegated session after its release. */
  session: number;
}

export interface Deadline {
  /** When AWS ends the state, epoch milliseconds. */
  awsEnds: number;
  /** When Muster stops waiting, epoch milliseconds. */
  weEnd: number;
  /** The end of the request if no message arrives. */
  outcome: 'expired' | 'token_not_received';
}

/** The deadline of the current state; null if no message is expected. */
export function deadlineOf(progress: DelegationProgress, clocks: DelegationClocks): Deadline | null {
  const current = progress.attempts[progress.attempt];
  if (!current || progress.token || progress.ended) return null;
  switch (current.awsState) {
    case 'unassigned':
      return expiry(current.since + clocks.unassigned, clocks.grace);
    case 'assigned':
    case 'pending_approval':
    case 'accepted':
      return expiry(current.since + clocks.waiting, clocks.grace);
    case 'finalized': {
      // The access ends at this time even without a token, so a later token is useless.
      const ends = current.since + clocks.session;
      return { awsEnds: ends, weEnd: ends, outcome: 'token_not_received' };
    }
    case 'rejected':
    case 'expired':
      return null;
  }
}

function expiry(awsEnds: number, grace: number): Deadline {
  return { awsEnds, weEnd: awsEnds + grace, outcome: 'expired' };
}
