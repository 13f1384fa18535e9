import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf, type DelegationClocks } from './timeouts.ts';
import {
  attemptCreated,
  beginAttempt,
  currentState,
  newProgress,
  stateChanged,
  tokenReceived,
  type DelegationProgress,
  type StateMessage,
  type TokenMessage,
} from './progress.ts';
import { parseAwsState, type AwsDelegationState } from './states.ts';

const account = '111122223333';
const start = Date.UTC(2026, 0, 1);
const second = 1_000;

type Message = { kind: 'state'; message: StateMessage } | { kind: 'token'; message: TokenMessage };

const state = (name: AwsDelegationState, seconds: number, attempt = 1): Message => ({
  kind: 'state',
  message: { attempt, state: name, ownerAccountId: account, updatedAt: start + seconds * second },
});
const token = (seconds: number, attempt = 1): Message => ({
  kind: 'token',
  message: {
    attempt,
    reference: `token-${attempt}`,
    ownerAccountId: account,
    updatedAt: start + seconds * second,
    expiresAt: start + (seconds + 3_600) * second,
  },
});

function waiting(attempts = 1): DelegationProgress {
  let progress = newProgress(account);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    progress = attemptCreated(beginAttempt(progress, attempt), attempt, start);
  }
  return progress;
}

function feed(progress: DelegationProgress, messages: readonly Message[]): DelegationProgress {
  return messages.reduce(
    (current, { kind, message }) =>
      kind === 'state'
        ? stateChanged(current, message, message.updatedAt).progress
        : tokenReceived(current, message, message.updatedAt).progress,
    progress,
  );
}

const outcome = (progress: DelegationProgress) => ({
  attempt: progress.attempt,
  state: currentState(progress),
  token: progress.token?.reference ?? null,
  ended: progress.ended,
});

describe('the outcome of a request', () => {
  const approved = [state('assigned', 1), state('accepted', 2), state('finalized', 3), token(3)];
  it.each<[string, DelegationProgress, Message[], ReturnType<typeof outcome>]>([
    ['nothing came', waiting(), [], { attempt: 1, state: 'unassigned', token: null, ended: null }],
    [
      'D3: forwarded to an administrator',
      waiting(),
      [state('assigned', 1), state('pending_approval', 2)],
      { attempt: 1, state: 'pending_approval', token: null, ended: null },
    ],
    ['approved', waiting(), approved, { attempt: 1, state: 'finalized', token: 'token-1', ended: null }],
    [
      'rejected',
      waiting(),
      [state('assigned', 1), state('rejected', 2)],
      { attempt: 1, state: 'rejected', token: null, ended: 'rejected' },
    ],
    ['expired', waiting(), [state('expired', 90_000)], { attempt: 1, state: 'expired', token: null, ended: 'expired' }],
    ['D10: the token came first', waiting(), [token(3)], { attempt: 1, state: 'finalized', token: 'token-1', ended: null }],
    ['D10: everything came backwards', waiting(), approved.toReversed(), { attempt: 1, state: 'finalized', token: 'token-1', ended: null }],
    [
      'a late EXPIRED a week after success changes no outcome',
      waiting(),
      [...approved, state('expired', 700_000)],
      { attempt: 1, state: 'expired', token: 'token-1', ended: null },
    ],
    [
      'D10: an older state that arrives late is not believed',
      waiting(),
      [state('pending_approval', 5), state('assigned', 1)],
      { attempt: 1, state: 'pending_approval', token: null, ended: null },
    ],
    [
      'an orphaned attempt that expires is ignored',
      waiting(2),
      [state('expired', 90_000, 1)],
      { attempt: 2, state: 'unassigned', token: null, ended: null },
    ],
    [
      'an orphaned attempt that is rejected is ignored',
      waiting(2),
      [state('rejected', 9, 1)],
      { attempt: 2, state: 'unassigned', token: null, ended: null },
    ],
    [
      'an orphaned attempt that is approved is adopted',
      waiting(2),
      [state('accepted', 9, 1)],
      { attempt: 1, state: 'accepted', token: null, ended: null },
    ],
    [
      'the token of an orphaned attempt is adopted',
      waiting(2),
      [token(9, 1)],
      { attempt: 1, state: 'finalized', token: 'token-1', ended: null },
    ],
    [
      'after an adoption, the end of the other attempt is ignored',
      waiting(2),
      [state('accepted', 9, 1), state('expired', 90_000, 2)],
      { attempt: 1, state: 'accepted', token: null, ended: null },
    ],
    [
      'the second token of one approval changes nothing',
      waiting(),
      [...approved, { kind: 'token', message: { ...(token(4).message as TokenMessage), reference: 'other' } }],
      { attempt: 1, state: 'finalized', token: 'token-1', ended: null },
    ],
  ])('%s', (_name, progress, messages, expected) => {
    expect(outcome(feed(progress, messages))).toEqual(expected);
  });

  it('D10: messages that arrive before the create call returns count', () => {
    const before = feed(beginAttempt(newProgress(account), 1), [state('assigned', 1)]);
    expect(currentState(attemptCreated(before, 1, start + 5 * second))).toBe('assigned');
  });

  it('D10: a rejection that is known before the attempt counts still ends it', () => {
    expect(beginAttempt(feed(newProgress(account), [state('rejected', 1)]), 1).ended).toBe('rejected');
  });

  it('a message older than our own clock still moves a request that was just created', () => {
    const created = attemptCreated(beginAttempt(newProgress(account), 1), 1, start + 60 * second);
    expect(currentState(feed(created, [state('assigned', 1)]))).toBe('assigned');
  });

  it('an approval that came before the next attempt began keeps counting', () => {
    const adopted = feed(beginAttempt(newProgress(account), 1), [state('accepted', 1)]);
    expect(beginAttempt(adopted, 2).attempt).toBe(1);
  });

  it('a stranger’s account cannot answer for the account that was asked', () => {
    const foreign: StateMessage = { attempt: 1, state: 'accepted', ownerAccountId: '999999999999', updatedAt: start };
    expect(stateChanged(waiting(), foreign, start)).toEqual({ progress: waiting(), effect: 'other_account' });
    const stolen: TokenMessage = { ...(token(1).message as TokenMessage), ownerAccountId: '999999999999' };
    expect(tokenReceived(waiting(), stolen, start).progress.token).toBeNull();
  });

  it('D10: any order and any repetition of an approval’s messages ends the same', () => {
    const repeated = fc
      .shuffledSubarray([...approved, ...approved, ...approved], { minLength: 12, maxLength: 12 })
      .map((messages) => outcome(feed(waiting(), messages)));
    fc.assert(
      fc.property(repeated, (end) => {
        expect(end).toMatchObject({ token: 'token-1', ended: null, state: 'finalized' });
      }),
    );
  });

  it('D10: any order and any repetition of a rejection’s messages ends rejected', () => {
    const rejected = [state('assigned', 1), state('pending_approval', 2), state('rejected', 3)];
    fc.assert(
      fc.property(fc.shuffledSubarray([...rejected, ...rejected], { minLength: 6, maxLength: 6 }), (messages) => {
        expect(outcome(feed(waiting(), messages))).toMatchObject({ ended: 'rejected', state: 'rejected' });
      }),
    );
  });
});

describe('D7: how long each state is waited for', () => {
  const hour = 3_600 * second;
  const day = 24 * hour;
  const clocks: DelegationClocks = { unassigned: day, waiting: 7 * day, grace: hour, session: hour };

  it.each<[AwsDelegationState, number, number, string]>([
    ['assigned', 7 * day, 7 * day + hour, 'expired'],
    ['pending_approval', 7 * day, 7 * day + hour, 'expired'],
    ['accepted', 7 * day, 7 * day + hour, 'expired'],
    ['finalized', hour, hour, 'token_not_received'],
  ])('%s', (name, awsEnds, weEnd, meaning) => {
    const since = start + 10 * second;
    expect(deadlineOf(feed(waiting(), [state(name, 10)]), clocks)).toEqual({
      awsEnds: since + awsEnds,
      weEnd: since + weEnd,
      outcome: meaning,
    });
  });

  it('unassigned: a day from the creation at AWS', () => {
    expect(deadlineOf(waiting(), clocks)).toEqual({ awsEnds: start + day, weEnd: start + day + hour, outcome: 'expired' });
  });

  it('there is no deadline before the creation at AWS, with a token, or after the end', () => {
    expect(deadlineOf(newProgress(account), clocks)).toBeNull();
    expect(deadlineOf(feed(waiting(), [token(1)]), clocks)).toBeNull();
    expect(deadlineOf(feed(waiting(), [state('rejected', 1)]), clocks)).toBeNull();
  });

  it('a clock at AWS that runs ahead of ours does not lengthen the wait', () => {
    const message: StateMessage = { attempt: 1, state: 'assigned', ownerAccountId: account, updatedAt: start + 30 * day };
    expect(deadlineOf(stateChanged(waiting(), message, start).progress, clocks)?.awsEnds).toBe(start + 7 * day);
  });
});

describe('AWS’s words for states', () => {
  it.each([
    ['PENDING APPROVAL', 'pending_approval'],
    ['PENDING_APPROVAL', 'pending_approval'],
    ['FINALIZED', 'finalized'],
    ['SOMETHING NEW', null],
  ])('%s', (word, expected) => expect(parseAwsState(word)).toBe(expected));
});
