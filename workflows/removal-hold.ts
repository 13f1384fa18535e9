import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { HeldRemovalsState } from '../domain/organizations/sync.ts';
import { bulk, registry } from './lib/activity-options.ts';
import { readActivityProblem } from './lib/activity-problem.ts';
import { organizationRemovedCode } from './contracts/failures.ts';
import { syncTimings } from './contracts/organization-sync.ts';
import {
  confirmRemovals,
  holdEndedFailure,
  removalHoldQuery,
  removalHoldTimeoutMs,
  removalsSuperseded,
  type RemovalHoldInput,
  type RemovalHoldResult,
  type RemovalHoldState,
  type RemovalsAnswer,
  type EndedHeldRemovals,
} from './contracts/removal-hold.ts';
import { searchAttributes } from './contracts/search-attributes.ts';
import { rangesUpTo } from './lib/ranges.ts';

/**
 * Holds the removals of one sync until a person answers, a newer complete sync supersedes them, or the timeout ends (O17).
 * The sync's row decides which of these came first, so a confirmation and a newer sync never both take effect.
 */
export async function removalHold(input: RemovalHoldInput): Promise<RemovalHoldResult> {
  return await new RemovalHold(input).execute();
}

class RemovalHold {
  private readonly input: RemovalHoldInput;
  private state: HeldRemovalsState = 'waiting';
  private superseded = false;
  private waitingFor = '';

  constructor(input: RemovalHoldInput) {
    this.input = input;
    // The answer gets its reply even if an operator cancels the run.
    setHandler(confirmRemovals, (answer) => CancellationScope.nonCancellable(() => this.answer(answer)), {
      validator: (answer) => this.validate(answer),
      description: 'Confirms or refuses the removals: {"confirm": true or false, "by": "your name"}',
    });
    setHandler(removalsSuperseded, () => {
      this.superseded = true;
    });
    setHandler(removalHoldQuery, () => this.describe());
  }

  async execute(): Promise<RemovalHoldResult> {
    const { count, syncId, missingUnits, waits = removalHoldTimeoutMs } = this.input;
    const reason = missingUnits ? `. The scope names ${missingUnits}, which the organization no longer has` : '';
    const until = new Date(Date.now() + waits).toISOString();
    this.show(
      `${count} removals wait for a confirmation or a refusal until ${until}: send the update confirmRemovals, or POST /v1/syncs/${syncId}/confirm-removals${reason}`,
    );
    const ending = await this.awaitDecision(waits);
    return await CancellationScope.nonCancellable(async () => {
      const state = await this.end(ending, null);
      const removed = state === 'confirmed' ? await this.remove() : 0;
      const kept = removed < count ? '; the others no longer match the plan' : '';
      this.show(state === 'confirmed' ? `Done: ${removed} of ${count} clouds removed${kept}` : 'Done');
      await condition(allHandlersFinished);
      return { state, removed };
    });
  }

  /** Waits for the end of the hold and returns it. A cancellation by an operator counts as a refusal. */
  private async awaitDecision(waits: number): Promise<EndedHeldRemovals> {
    try {
      const decided = await condition(() => this.state !== 'waiting' || this.superseded, waits);
      return decided ? 'superseded' : 'expired';
    } catch (error) {
      if (!isCancellation(error)) throw error;
      return 'refused';
    }
  }

  private validate({ confirm, by }: RemovalsAnswer): void {
    if (typeof confirm !== 'boolean' || typeof by !== 'string' || by === '') {
      throw ApplicationFailure.nonRetryable('An answer has the form {"confirm": true or false, "by": "your name"}.', 'InvalidInput');
    }
    if (this.state !== 'waiting') throw this.tooLate();
  }

  private async answer({ confirm, by }: RemovalsAnswer): Promise<{ state: HeldRemovalsState }> {
    // Two answers may arrive at the same time. The row takes one, and the other one fails.
    if (this.state !== 'waiting') throw this.tooLate();
    const wanted = confirm ? 'confirmed' : 'refused';
    const state = await this.end(wanted, by);
    if (state !== wanted) throw this.tooLate();
    return { state };
  }

  private tooLate(): ApplicationFailure {
    return ApplicationFailure.create({
      type: holdEndedFailure,
      nonRetryable: true,
      message: `The removals no longer wait for an answer: they are ${this.state}.`,
      details: [this.state],
    });
  }

  /** Ends the hold in its row, and returns the end that the row has. */
  private async end(state: EndedHeldRemovals, by: string | null): Promise<EndedHeldRemovals> {
    const ended = await registry.endHeldRemovals({ syncId: this.input.syncId, state, by });
    this.state = ended.state;
    upsertSearchAttributes([{ key: searchAttributes.phase, value: ended.state }]);
    this.show(ended.state === 'confirmed' ? 'Removing the clouds that still match the plan' : 'Ending');
    return ended.state;
  }

  /** Removes the held clouds that still match the plan. If the organization is removed, nothing is left to remove. */
  private async remove(): Promise<number> {
    let count = 0;
    try {
      for (const range of rangesUpTo(this.input.lastNumber, syncTimings.sliceSize)) {
        const { removed, released } = await bulk.removeClouds({ syncId: this.input.syncId, ...range });
        count += removed + released;
      }
    } catch (error) {
      if (readActivityProblem(error).code !== organizationRemovedCode) throw error;
    }
    return count;
  }

  private show(waitingFor: string): void {
    this.waitingFor = waitingFor;
    setCurrentDetails(`**${this.state}**: ${waitingFor}`);
  }

  private describe(): RemovalHoldState {
    const { state, waitingFor } = this;
    return { syncId: this.input.syncId, state, count: this.input.count, waitingFor };
  }
}
