import type { DelegationProgress } from './progress.ts';

/** AWS's limits and ours, in milliseconds (D7). */
export interface DelegationClocks {
  /** AWS ends a request that nobody claimed after this long: 1 day. */
  unassigned: number;
  /** AWS ends each later waiting state after this long: 7 days. */
  waiting: number;
  /** What we wait beyond AWS's limit, for its own EXPIRED to arrive. */
  grace: number;
  /** How long the delegated session lasts from its release on. */
  session: number;
}

export interface Deadline {
  /** When AWS ends the state, epoch milliseconds. */
  awsEnds: number;
  /** When we stop waiting. */
  weEnd: number;
  /** What it means that nothing came. */
  outcome: 'expired' | 'token_not_received';
}

/** Until when the present state is waited for; null when nothing is waited for. */
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
      // Access ends then whether or not the token reached us, so a later token would be worth nothing.
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
