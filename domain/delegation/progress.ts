/**
 * The state machine of a delegation request, as our side sees it: notifications may be duplicated, reordered or late
 * (D10), and a create call whose outcome is unknown may have left a second request behind at AWS. Pure functions on
 * plain data; the workflow keeps one `DelegationProgress` and feeds it.
 */
import { stateRank, type AwsDelegationState } from './states.ts';

/** One request at AWS: each attempt to create one has a state of its own. */
export interface AttemptState {
  awsState: AwsDelegationState;
  /** AWS's UpdatedAt, epoch milliseconds: what orders messages. */
  updatedAt: number;
  /** When the state began, epoch milliseconds, never later than we heard of it: what the clocks run from. */
  since: number;
}

export interface DelegationProgress {
  /** The account that was asked; messages about any other are not believed. */
  accountId: string;
  /** The attempt that counts: the newest, until an older one turns out to be approved. 0 before the first. */
  attempt: number;
  attempts: Readonly<Record<number, AttemptState>>;
  /** The exchange token's reference and end, once there is one. */
  token: null | { reference: string; expiresAt: number };
  /** How AWS ended the request before any token came. */
  ended: null | 'rejected' | 'expired';
}

/** What a message did. Everything but `applied` leaves the outcome as it was. */
export type Effect = 'applied' | 'stale' | 'other_account' | 'orphan' | 'after_end';

export interface Step {
  progress: DelegationProgress;
  effect: Effect;
}

export interface StateMessage {
  attempt: number;
  state: AwsDelegationState;
  ownerAccountId?: string | undefined;
  /** Epoch milliseconds. */
  updatedAt: number;
}

export interface TokenMessage {
  attempt: number;
  reference: string;
  ownerAccountId?: string | undefined;
  updatedAt: number;
  expiresAt: number;
}

export function newProgress(accountId: string): DelegationProgress {
  return { accountId, attempt: 0, attempts: {}, token: null, ended: null };
}

/** Begins an attempt: from now on it is the one that counts, unless an older one was approved already. */
export function beginAttempt(progress: DelegationProgress, attempt: number): DelegationProgress {
  if (isAnswered(progress)) return progress;
  const known = progress.attempts[attempt];
  const begun = { ...progress, attempt };
  return known ? endedBy(begun, known.awsState) : begun;
}

/** AWS answered an attempt's create call. Messages about it may have come before the answer, and then they count. */
export function attemptCreated(progress: DelegationProgress, attempt: number, now: number): DelegationProgress {
  if (progress.attempts[attempt]) return progress;
  return withAttempt(progress, attempt, { awsState: 'unassigned', updatedAt: now, since: now });
}

/** The state of the request that counts; null before AWS has one. */
export function currentState(progress: DelegationProgress): AwsDelegationState | null {
  return progress.attempts[progress.attempt]?.awsState ?? null;
}

/** True when the outcome of the waiting is known. */
export function isSettled(progress: DelegationProgress): boolean {
  return progress.token !== null || progress.ended !== null;
}

/** True when somebody has answered the request that counts, though the token may still be on its way. */
export function isAnswered(progress: DelegationProgress): boolean {
  const state = currentState(progress);
  return isSettled(progress) || state === 'accepted' || state === 'finalized';
}

/** Takes in a StateChange message that we heard of at `now` (epoch milliseconds). */
export function stateChanged(progress: DelegationProgress, message: StateMessage, now: number): Step {
  if (isOtherAccount(progress, message.ownerAccountId)) return { progress, effect: 'other_account' };
  const known = progress.attempts[message.attempt];
  // An attempt whose create call has not answered counts from AWS's clock, an answered one from ours: no message of
  // AWS's is older than its first state.
  if (known && known.awsState !== 'unassigned' && !isNewer(message, known)) return { progress, effect: 'stale' };
  const recorded = withAttempt(progress, message.attempt, {
    awsState: message.state,
    updatedAt: message.updatedAt,
    since: Math.min(message.updatedAt, now),
  });
  if (isSettled(progress)) return { progress: recorded, effect: 'after_end' };
  if (message.attempt === progress.attempt) return { progress: endedBy(recorded, message.state), effect: 'applied' };
  if (message.state === 'accepted' || message.state === 'finalized') {
    return { progress: { ...recorded, attempt: message.attempt }, effect: 'applied' };
  }
  return { progress: recorded, effect: 'orphan' };
}

/** Takes in an ExchangeToken message, whichever attempt it is for: whoever approved has approved. */
export function tokenReceived(progress: DelegationProgress, message: TokenMessage, now: number): Step {
  if (isOtherAccount(progress, message.ownerAccountId)) return { progress, effect: 'other_account' };
  if (isSettled(progress)) return { progress, effect: 'after_end' };
  const known = progress.attempts[message.attempt];
  const finalized: AttemptState = { awsState: 'finalized', updatedAt: message.updatedAt, since: Math.min(message.updatedAt, now) };
  const recorded = known?.awsState === 'finalized' ? progress : withAttempt(progress, message.attempt, finalized);
  return {
    progress: {
      ...recorded,
      attempt: message.attempt,
      token: { reference: message.reference, expiresAt: message.expiresAt },
    },
    effect: 'applied',
  };
}

function isNewer(message: StateMessage, known: AttemptState): boolean {
  if (message.updatedAt !== known.updatedAt) return message.updatedAt > known.updatedAt;
  return stateRank(message.state) > stateRank(known.awsState);
}

function isOtherAccount(progress: DelegationProgress, ownerAccountId: string | undefined): boolean {
  return ownerAccountId !== undefined && ownerAccountId !== progress.accountId;
}

function withAttempt(progress: DelegationProgress, attempt: number, state: AttemptState): DelegationProgress {
  return { ...progress, attempts: { ...progress.attempts, [attempt]: state } };
}

function endedBy(progress: DelegationProgress, state: AwsDelegationState): DelegationProgress {
  return state === 'rejected' || state === 'expired' ? { ...progress, ended: state } : progress;
}
