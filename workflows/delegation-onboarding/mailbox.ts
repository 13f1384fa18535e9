import { deadlineOf, type Deadline, type DelegationClocks } from '../../domain/delegation/timeouts.ts';
import {
  attemptCreated,
  beginAttempt,
  currentState,
  newProgress,
  stateChanged,
  tokenReceived,
  type DelegationProgress,
  type Effect,
} from '../../domain/delegation/progress.ts';
import { describeEffect, describeState } from '../../domain/delegation/wording.ts';
import type { DelegationStateChanged, ExchangeTokenReceived } from '../contracts/delegation-onboarding.ts';
import type { Journal, Note } from './journal.ts';

type Message = { kind: 'state'; body: DelegationStateChanged } | { kind: 'token'; body: ExchangeTokenReceived };

/**
 * Receives AWS's notifications, updates the state machine and notes them in the journal. It keeps messages that arrive
 * before the request's facts are loaded.
 */
export class Mailbox {
  private early: Message[] = [];
  private readonly journal: Journal;
  /** Null until the request's facts are loaded. */
  private clocks: DelegationClocks | null = null;
  progress: DelegationProgress = newProgress('');

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** Accepts messages about this account from now on. */
  acceptFor(accountId: string, clocks: DelegationClocks): void {
    this.progress = newProgress(accountId);
    this.clocks = clocks;
    const early = this.early;
    this.early = [];
    for (const message of early) this.receive(message);
  }

  receive(message: Message): void {
    if (!this.clocks) {
      this.early.push(message);
      return;
    }
    const { body } = message;
    const updatedAt = Date.parse(body.updatedAt);
    const step =
      message.kind === 'state'
        ? stateChanged(this.progress, { ...message.body, updatedAt }, Date.now())
        : tokenReceived(
            this.progress,
            {
              attempt: body.attempt,
              reference: message.body.tokenReference,
              ownerAccountId: body.ownerAccountId,
              updatedAt,
              expiresAt: Date.parse(message.body.expiresAt),
            },
            Date.now(),
          );
    this.progress = step.progress;
    this.journal.note(
      noteOf(message, step.effect),
      step.effect === 'applied' ? { awsRequestId: body.awsRequestId, ...this.stateAtAws() } : {},
    );
  }

  /** Records that an attempt to create the request starts. */
  beginAttempt(attempt: number): void {
    this.progress = beginAttempt(this.progress, attempt);
  }

  /** Records that AWS has created the request of this attempt. */
  attemptCreated(attempt: number): void {
    this.progress = attemptCreated(this.progress, attempt, Date.now());
  }

  /** The deadline of the current state; null if the run waits for no message. */
  deadline(): Deadline | null {
    return this.clocks && deadlineOf(this.progress, this.clocks);
  }

  /** The columns of the row that show the request at AWS. */
  stateAtAws() {
    const ends = this.deadline()?.awsEnds;
    return {
      awsState: currentState(this.progress),
      expiresAt: ends === undefined ? null : new Date(ends).toISOString(),
    };
  }
}

function noteOf(message: Message, effect: Effect): Note {
  const { body } = message;
  const text = message.kind === 'state' ? describeState(message.body.state) : 'The exchange token arrived: Muster may use the access.';
  return {
    key: `message/${body.messageId}`,
    type: message.kind === 'state' ? 'aws_state' : 'exchange_token',
    message: effect === 'applied' ? text : `${text} ${describeEffect(effect)}`,
    detail: {
      awsRequestId: body.awsRequestId,
      attempt: body.attempt,
      updatedAt: body.updatedAt,
      ...(message.kind === 'state' ? { awsState: message.body.state } : { expiresAt: message.body.expiresAt }),
      ...(effect === 'applied' ? {} : { ignored: effect }),
    },
  };
}
