/**
 * The state machine of a delegation request, as Muster sees it. Notifications may be duplicated, reordered or late (D10),
 * and a create call with an unknown outcome may have left a second request at AWS. These are pure functions on plain
 * data; the workflow keeps one `DelegationProgress`.
 */
import { stateRank, type AwsDelegationState } from './states.ts';

/** The state of one request at AWS. Each attempt to create one has its own. */
export interface AttemptState {
  awsState: AwsDelegationState;
  /** AWS's UpdatedAt, epoch milliseconds, which orders messages. */
  updatedAt: number;
  /** The start of the state's deadlines, epoch milliseconds. Never later than the arrival of its message. */
  since: number;
  /** AWS's id of the request, from its answer to the create call. Absent until that answer arrives. */
  createdAs?: string;
  /** AWS's id of the request in the message that led to this state. Absent before the first message. */
  heardAs?: string;
}

export interface DelegationProgress {
  /** The account of the request. Messages about another account are ignored. */
  accountId: string;
  /** The attempt that counts: the newest, unless an older one is approved. 0 before the first. */
  attempt: number;
  attempts: Readonly<Record<number, AttemptState>>;
  /** The exchange token's reference and expiry; null until it arrives. */
  token: null | { reference: string; expiresAt: number };
  /** AWS's end of the request without a token. */
  ended: null | 'rejected' | 'expired';
}

/** The effect of a message. Every effect except `applied` leaves the outcome unchanged. */
export type Effect = 'applied' | 'stale' | 'other_account' | 'no_account' | 'other_request' | 'orphan' | 'after_end';

export interface Step {
  progress: DelegationProgress;
  effect: Effect;
}

export interface StateMessage {
  attempt: number;
  awsRequestId?: string;
  state: AwsDelegationState;
  ownerAccountId?: string | undefined;
  /** Epoch milliseconds. */
  updatedAt: number;
}

export interface TokenMessage {
  attempt: number;
  awsRequestId?: string;
  reference: string;
  ownerAccountId?: string | undefined;
  updatedAt: number;
  expiresAt: number;
}

export function newProgress(accountId: string): DelegationProgress {
  return { accountId, attempt: 0, attempts: {}, token: null, ended: null };
}

/** Starts an attempt, which counts from now on unless an older one is approved. */
export function beginAttempt(progress: DelegationProgress, attempt: number): DelegationProgress {
  if (isAnswered(progress)) return progress;
  const known = progress.attempts[attempt];
  const begun = { ...progress, attempt };
  return known ? endedBy(begun, known.awsState) : begun;
}

/**
 * Records AWS's answer to an attempt's create call, with AWS's id of the request. A message about the attempt that came
 * before the answer takes precedence, unless it named another id.
 */
export function attemptCreated(progress: DelegationProgress, attempt: number, now: number, awsRequestId?: string): DelegationProgress {
  const known = progress.attempts[attempt];
  const created = awsRequestId === undefined ? {} : { createdAs: awsRequestId };
  const isForeign = known?.heardAs !== undefined && awsRequestId !== undefined && known.heardAs !== awsRequestId;
  if (known && !isForeign) return withAttempt(progress, attempt, { ...known, ...created });
  const unsettled = isForeign && progress.attempt === attempt ? { ...progress, token: null, ended: null } : progress;
  return withAttempt(unsettled, attempt, { awsState: 'unassigned', updatedAt: now, since: now, ...created });
}

/** The facts by which a message belongs to a request. */
export interface MessageSubject {
  attempt: number;
  awsRequestId: string;
  ownerAccountId?: string | undefined;
  /** The state that the message reports; null for a token. */
  state: AwsDelegationState | null;
}

/**
 * The reason why a message does not belong to the request, although it names the attempt (D10); null if it does belong.
 * AWS names the account in every message, except perhaps about a request that is unclaimed.
 */
export function misfitOf(progress: DelegationProgress, { attempt, awsRequestId, ownerAccountId, state }: MessageSubject): Effect | null {
  const created = progress.attempts[attempt]?.createdAs;
  if (created !== undefined && created !== awsRequestId) return 'other_request';
  if (ownerAccountId === undefined && state !== 'unassigned' && state !== 'expired') return 'no_account';
  return null;
}

/** The state of the request that counts; null before there is one. */
export function currentState(progress: DelegationProgress): AwsDelegationState | null {
  return progress.attempts[progress.attempt]?.awsState ?? null;
}

/** True if the outcome of the approval is known. */
export function isSettled(progress: DelegationProgress): boolean {
  return progress.token !== null || progress.ended !== null;
}

/** True if people have answered the request that counts. Its token may still be missing. */
export function isAnswered(progress: DelegationProgress): boolean {
  const state = currentState(progress);
  return isSettled(progress) || state === 'accepted' || state === 'finalized';
}

/** Applies a StateChange message that arrived at `now` (epoch milliseconds). */
export function stateChanged(progress: DelegationProgress, message: StateMessage, now: number): Step {
  if (isOtherAccount(progress, message.ownerAccountId)) return { progress, effect: 'other_account' };
  const known = progress.attempts[message.attempt];
  // The time of `unassigned` comes from Muster's clock, the time of messages from AWS's clock. The clocks may differ, so
  // every message is newer than `unassigned`, which is the first state.
  if (known && known.awsState !== 'unassigned' && !isNewer(message, known)) return { progress, effect: 'stale' };
  const recorded = withAttempt(progress, message.attempt, {
    ...known,
    ...heardAs(message),
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

/** Applies an ExchangeToken message for any attempt: an approval counts even if its attempt is not the newest. */
export function tokenReceived(progress: DelegationProgress, message: TokenMessage, now: number): Step {
  if (isOtherAccount(progress, message.ownerAccountId)) return { progress, effect: 'other_account' };
  if (isSettled(progress)) return { progress, effect: 'after_end' };
  const known = progress.attempts[message.attempt];
  const finalized: AttemptState = {
    ...known,
    ...heardAs(message),
    awsState: 'finalized',
    updatedAt: message.updatedAt,
    since: Math.min(message.updatedAt, now),
  };
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

const heardAs = ({ awsRequestId }: { awsRequestId?: string }) => (awsRequestId === undefined ? {} : { heardAs: awsRequestId });

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
