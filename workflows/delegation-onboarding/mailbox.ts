import { patched } from '@temporalio/workflow';
import { deadlineOf, type Deadline, type DelegationClocks } from '../../domain/delegation/timeouts.ts';
import {
  attemptCreated,
  beginAttempt,
  currentState,
  misfitOf,
  newProgress,
  stateChanged,
  tokenReceived,
  type DelegationProgress,
  type Effect,
  type Step,
} from '../../domain/delegation/progress.ts';
import { describeEffect, describeState } from '../../domain/delegation/wording.ts';
import type { CreatedBefore, DelegationStateChanged, ExchangeTokenReceived } from '../contracts/delegation-onboarding.ts';
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
    const updatedAt = timeOf(body);
    const misfit = misfitOf(this.progress, { ...body, state: message.kind === 'state' ? message.body.state : null });
    const step: Step =
      // Runs from before this patch accepted such messages.
      misfit !== null && patched('bound-messages')
        ? { progress: this.progress, effect: misfit }
        : message.kind === 'state'
          ? stateChanged(this.progress, { ...message.body, updatedAt }, Date.now())
          : tokenReceived(
              this.progress,
              {
                attempt: body.attempt,
                awsRequestId: body.awsRequestId,
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
  attemptCreated(attempt: number, awsRequestId: string): void {
    this.progress = attemptCreated(this.progress, attempt, Date.now(), awsRequestId);
  }

  /** Continues with a request that an earlier run created at AWS. Its deadlines run from its creation. */
  resume({ attempt, at, awsRequestId }: CreatedBefore): void {
    this.progress = attemptCreated(beginAttempt(this.progress, attempt), attempt, Date.parse(at), awsRequestId);
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

/** How far AWS's clock may be ahead of Muster's, in milliseconds. */
const maxClockSkewMs = 15 * 60_000;

/** The time of a message by AWS's clock, epoch milliseconds. A time in the future would make all later messages stale (D10). */
function timeOf({ updatedAt }: { updatedAt: string }): number {
  const time = Date.parse(updatedAt);
  return time > Date.now() + maxClockSkewMs && patched('bound-messages') ? Date.now() : time;
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
