import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal, Context, heartbeat } from '@temporalio/activity';
import type { OrganizationsOperation } from '../../../../domain/organizations/rates.ts';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { awsFailure, meaningOf } from '../../../aws/errors.ts';
import { divide } from '../../../side-by-side.ts';
import type { RateBudget } from '../rate-budget.ts';

/** Tries at one call, faults that pass included; after the last, the activity fails and is tried again as a whole. */
const triesPerCall = 8;
/** Milliseconds before the second try, doubled for each further one; it waits its turn in the bucket besides. */
const firstPause = 200;
const longestPause = 10_000;
/** A wait heartbeats so often, in milliseconds. */
const waitPiece = 5_000;

/** What one call is. */
export interface OrganizationCall<Answer> {
  /** `GetResources` is the tagging API's; its rate is not published, so nothing but back-off holds it. */
  operation: OrganizationsOperation | 'GetResources';
  /** Says what could not be done, for the failure: "The accounts could not be listed". */
  attempted: string;
  send(abortSignal: AbortSignal): Promise<Answer>;
  /** Turns a refusal that is an answer into one; undefined for any other. */
  answerOf?(error: unknown): Answer | undefined;
}

/** Makes the calls of one attempt: in their turn, repeated while a fault can pass, and all stopped by the first that fails for good. */
export class OrganizationCaller {
  private readonly budget: RateBudget;
  private readonly stopping = new AbortController();
  /** Aborted when the activity is cancelled, or when another part of the work has failed. */
  readonly signal: AbortSignal;

  constructor(budget: RateBudget) {
    this.budget = budget;
    this.signal = AbortSignal.any([cancellationSignal(), this.stopping.signal]);
    // Every lane that waits listens to it.
    setMaxListeners(0, this.signal);
  }

  /** Throws a failure that says what was tried; CancelledFailure when the activity was cancelled. */
  async call<Answer>({ operation, attempted, send, answerOf }: OrganizationCall<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      if (operation !== 'GetResources') await this.pause(this.budget.take(operation));
      heartbeat();
      try {
        return await send(this.signal);
      } catch (error) {
        await this.throwIfStopped();
        const answer = answerOf?.(error);
        if (answer !== undefined) return answer;
        const type = meaningOf(error);
        const isThrottled = type === failureTypes.throttled;
        if ((!isThrottled && type !== failureTypes.transient) || tries === triesPerCall) throw awsFailure(error, attempted);
        if (isThrottled && operation !== 'GetResources') this.budget.empty(operation);
        const ceiling = Math.min(longestPause, firstPause * 2 ** (tries - 1));
        await this.pause(ceiling * (0.5 + Math.random() / 2));
      }
    }
  }

  /**
   * Does several things side by side. The first failure stops the others, is thrown once they have ended, and leaves
   * nothing running behind.
   */
  async together(...works: (() => Promise<unknown>)[]): Promise<void> {
    const ends = await Promise.allSettled(
      works.map(async (work) => {
        try {
          await work();
        } catch (error) {
          this.stopping.abort(error);
          throw error;
        }
      }),
    );
    if (ends.every((end) => end.status === 'fulfilled')) return;
    await this.throwIfStopped();
  }

  /** Works on all items, so many at a time at most; the first failure stops the rest. */
  async each<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<unknown>): Promise<void> {
    await this.together(...divide(items, atOnce, work));
  }

  /** Waits for something that ends early when the work is stopped. */
  async unlessStopped<T>(wait: Promise<T>): Promise<T> {
    try {
      return await wait;
    } catch (error) {
      await this.throwIfStopped();
      throw error;
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= waitPiece) {
      heartbeat();
      await this.unlessStopped(sleep(Math.min(left, waitPiece), undefined, { signal: this.signal }));
    }
  }

  private async throwIfStopped(): Promise<void> {
    // Rejects with the CancelledFailure that Temporal wants to see.
    if (cancellationSignal().aborted) await Context.current().cancelled;
    if (this.stopping.signal.aborted) throw this.stopping.signal.reason;
  }
}
