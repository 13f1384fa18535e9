import type { Effect } from './progress.ts';
import type { AwsDelegationState } from './states.ts';

const stateSentences: Record<AwsDelegationState, string> = {
  unassigned: 'The request is at AWS and has not been opened yet.',
  assigned: 'Someone with access to the account has opened the request.',
  pending_approval: 'The request was forwarded to an administrator of the account.',
  accepted: 'The request was approved; access has not been released yet.',
  finalized: 'Access was released.',
  rejected: 'The request was rejected in the AWS console. AWS does not report the reason to the requester.',
  expired: 'The request expired at AWS.',
};

/** Describes a state at AWS, for the timeline. */
export function describeState(state: AwsDelegationState): string {
  return stateSentences[state];
}

const effectSentences: Record<Exclude<Effect, 'applied'>, string> = {
  stale: 'A later message had already arrived, so this one changed nothing.',
  other_account: 'The message names another account than the request, so it was ignored.',
  no_account: 'The message does not name the account, so it was ignored.',
  other_request: 'The message names another request at AWS, so it was ignored.',
  orphan: 'The message concerns an earlier attempt to create the request, which no longer counts.',
  after_end: 'The outcome was already known, so this changed nothing.',
};

/** Explains why a message changed nothing. */
export function describeEffect(effect: Exclude<Effect, 'applied'>): string {
  return effectSentences[effect];
}

const waits: Record<AwsDelegationState, string> = {
  unassigned: 'Waiting for a person in the account to open the request in the AWS console',
  assigned: 'Waiting for the person who opened the request in the AWS console to approve or forward it',
  pending_approval: "Waiting for the account's administrator to approve the request in the AWS console",
  accepted: 'Waiting for the approved access to be released in the AWS console',
  finalized: 'Waiting for the exchange token of the released access to arrive',
  rejected: 'Rejected in the AWS console',
  expired: 'Expired at AWS',
};

/** Describes what a request in this state waits for. */
export function describeWait(state: AwsDelegationState): string {
  return waits[state];
}

/** Describes the request at AWS after Muster cancelled its own part, which cannot withdraw it. */
export function describeCancelled(state: AwsDelegationState | null, isReleased: boolean): string {
  if (isReleased) return 'The request was already approved at AWS. Muster no longer uses the released access, which ends with its session.';
  if (state === 'accepted') {
    return 'The approval at AWS cannot be withdrawn. Until it expires, its access can still be released in the AWS console, without effect.';
  }
  return 'The request at AWS cannot be withdrawn. Until it expires, it can still be answered in the AWS console, without effect.';
}
