import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { bulk, registry } from '../lib/activity-options.ts';
import { autoBadgingWorkflowId, autoBadgingChild } from '../contracts/auto-badging.ts';
import {
  cancelSync,
  keeperRequest,
  keeperStateQuery,
  organizationRemovedSignal,
  type OrganizationKeeperInput,
  type OrganizationKeeperState,
  type NextSync,
} from '../contracts/organization-keeper.ts';
import {
  accountsListed,
  organizationSyncWorkflowId,
  type OrganizationSyncResult,
  organizationSyncChild,
} from '../contracts/organization-sync.ts';
import * as outcomes from '../lib/sync-outcomes.ts';
import type { SyncOutcome } from '../lib/sync-outcomes.ts';

/** After so many pieces of work a run continues as new: a few thousand events. */
const maxPiecesPerRun = 100;
/** How long a run that another keeper left behind may take to stop before it is asked again. */
const strayPauseMs = 5_000;

/**
 * Keeps one organization: takes what waits in the table, one piece at a time, so that no two callers draw on one budget
 * at AWS (O19). Ends when the organization is gone and nothing waits.
 */
export async function organizationKeeper(input: OrganizationKeeperInput): Promise<void> {
  await new OrganizationKeeper(input).execute();
}

class OrganizationKeeper {
  private readonly input: OrganizationKeeperInput;
  private readonly doneBefore: number;
  private done = 0;
  /** Something may wait in the table. */
  private mayHaveWork = true;
  private running: NextSync | null = null;
  private work = new CancellationScope();
  /** Who wants which piece of work to end; by its id. */
  private readonly cancelledBy = new Map<string, string>();
  private readonly removed = new Set<string>();
  private waitingFor = 'Starting';

  constructor(input: OrganizationKeeperInput) {
    this.input = input;
    this.doneBefore = input.carried?.done ?? 0;
    setHandler(keeperRequest, () => {
      this.mayHaveWork = true;
    });
    setHandler(cancelSync, ({ syncId, by }) => {
      this.cancelledBy.set(syncId, by);
      this.cancelUnwantedWork();
    });
    setHandler(organizationRemovedSignal, ({ organizationId }) => {
      if (organizationId !== null) this.removed.add(organizationId);
      this.mayHaveWork = true;
      this.cancelUnwantedWork();
    });
    setHandler(keeperStateQuery, () => this.describe());
  }

  async execute(): Promise<void> {
    const { awsOrganizationId } = this.input;
    for (;;) {
      await this.finishCancelled();
      this.mayHaveWork = false;
      const next = await registry.takeNextSync({ awsOrganizationId });
      if (next) await this.runNext(next);
      else if (await this.isOver()) return;
      else await this.awaitMessage();
      if (this.isHistoryLong()) await this.continueInNewRun();
    }
  }

  /** Ends the work that was cancelled before its turn came. */
  private async finishCancelled(): Promise<void> {
    for (const [syncId, by] of this.cancelledBy) {
      await bulk.finishSync({ syncId, ...outcomes.cancelledBy(by) });
      this.cancelledBy.delete(syncId);
    }
  }

  /** Runs one piece of work to its end. However it fails, the keeper goes on, and the row gets an end. */
  private async runNext(next: NextSync): Promise<void> {
    this.running = next;
    this.work = new CancellationScope();
    this.show(`Running ${next.kind} ${next.syncId} (${next.trigger})`);
    this.cancelUnwantedWork();
    try {
      const outcome = await this.runChild(next);
      if (outcome) await CancellationScope.nonCancellable(() => bulk.finishSync({ syncId: next.syncId, ...outcome }));
    } finally {
      this.running = null;
      this.cancelledBy.delete(next.syncId);
      this.mayHaveWork = true;
      this.done += 1;
      this.show('Looking for the next piece of work');
    }
  }

  /** Answers the end that is to be written; null when the run has written its own. */
  private async runChild(next: NextSync): Promise<SyncOutcome | null> {
    try {
      const { phase } = await this.work.run(() => this.startChild(next));
      return phase === 'cancelled' ? this.requestedCancellation(next) : null;
    } catch (error) {
      if (isCancellation(error)) return this.requestedCancellation(next) ?? outcomes.workflowCancelled;
      if (error instanceof WorkflowExecutionAlreadyStartedError) return await this.endStray(next);
      if (!(error instanceof ChildWorkflowFailure)) throw error;
      const reason = error.cause?.message ?? error.message;
      log.error('a piece of work failed unexpectedly', { syncId: next.syncId, reason });
      return outcomes.workflowFailed(reason);
    }
  }

  private async startChild({ syncId, kind, nickname }: NextSync): Promise<Pick<OrganizationSyncResult, 'phase'>> {
    const { awsOrganizationId } = this.input;
    const { workflowType, ...options } =
      kind === 'badging'
        ? autoBadgingChild({ runId: syncId, awsOrganizationId }, nickname)
        : organizationSyncChild({ syncId, kind, awsOrganizationId }, nickname);
    // On this run's own queue, which is another one in tests.
    return await executeChild(workflowType, { ...options, taskQueue: workflowInfo().taskQueue });
  }

  /**
   * The row has a run already that is not this keeper's child: the keeper before was terminated. That run is to stop,
   * and nothing else begins before it has.
   */
  private async endStray({ kind, syncId }: NextSync): Promise<SyncOutcome | null> {
    this.show(`Waiting for ${syncId} to stop, which an earlier keeper started`);
    const workflowId = kind === 'badging' ? autoBadgingWorkflowId(syncId) : organizationSyncWorkflowId(syncId);
    const run = getExternalWorkflowHandle(workflowId);
    try {
      // Says nothing new; but where a cancellation of a run that has ended counts as made, a signal to it fails.
      await run.signal(accountsListed, { upTo: 0 });
    } catch (error) {
      if (isCancellation(error)) throw error;
      return outcomes.interrupted;
    }
    await run.cancel();
    await sleep(strayPauseMs);
    return null;
  }

  private requestedCancellation({ syncId }: NextSync): SyncOutcome | null {
    const by = this.cancelledBy.get(syncId);
    return by === undefined ? null : outcomes.cancelledBy(by);
  }

  private cancelUnwantedWork(): void {
    if (!this.running) return;
    const { syncId, organizationId } = this.running;
    if (this.cancelledBy.has(syncId) || (organizationId !== null && this.removed.has(organizationId))) this.work.cancel();
  }

  /** A message that came while we asked is served first. */
  private async isOver(): Promise<boolean> {
    const kept = await registry.isOrganizationKept({ awsOrganizationId: this.input.awsOrganizationId });
    return !kept && !this.hasMessages();
  }

  private async awaitMessage(): Promise<void> {
    this.show('Nothing to do: waiting for a request');
    await condition(() => this.hasMessages());
  }

  private hasMessages(): boolean {
    return this.mayHaveWork || this.cancelledBy.size > 0;
  }

  private isHistoryLong(): boolean {
    return this.done >= (this.input.continueAfter ?? maxPiecesPerRun) || workflowInfo().continueAsNewSuggested;
  }

  /** What waits is in the table and cancellations were served, so nothing but a number has to go along. */
  private async continueInNewRun(): Promise<void> {
    await this.finishCancelled();
    await continueAsNew<typeof organizationKeeper>({ ...this.input, carried: { done: this.doneBefore + this.done } });
  }

  private show(waitingFor: string): void {
    this.waitingFor = waitingFor;
    setCurrentDetails(`${waitingFor}\n\n${this.doneBefore + this.done} pieces of work done`);
  }

  private describe(): OrganizationKeeperState {
    const { running, waitingFor } = this;
    return {
      awsOrganizationId: this.input.awsOrganizationId,
      running: running && { syncId: running.syncId, kind: running.kind },
      done: this.doneBefore + this.done,
      waitingFor,
    };
  }
}
