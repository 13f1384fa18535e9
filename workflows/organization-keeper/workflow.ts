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

/** Pieces of work after which a run continues as new. Its history has a few thousand events then. */
const maxPiecesPerRun = 100;
/** How long the keeper waits for a run of an earlier keeper to stop before it looks again. */
const strayPauseMs = 5_000;

/**
 * Runs all work of one organization, one piece at a time, so that two runs never share its rate budget at AWS (O19). Ends
 * when the organization is gone and its queue is empty.
 */
export async function organizationKeeper(input: OrganizationKeeperInput): Promise<void> {
  await new OrganizationKeeper(input).execute();
}

class OrganizationKeeper {
  private readonly input: OrganizationKeeperInput;
  private readonly doneBefore: number;
  private done = 0;
  /** True if the table may hold a queued row. */
  private mayHaveWork = true;
  private running: NextSync | null = null;
  private work = new CancellationScope();
  /** The person who cancelled a piece of work, by the id of the work. */
  private readonly cancelledBy = new Map<string, string>();
  /** Muster's ids of organizations that were removed. */
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

  /** Ends the work that was cancelled while it was queued. */
  private async finishCancelled(): Promise<void> {
    for (const [syncId, by] of this.cancelledBy) {
      await bulk.finishSync({ syncId, ...outcomes.cancelledBy(by) });
      this.cancelledBy.delete(syncId);
    }
  }

  /** Runs one piece of work to its end. If it fails, its row gets an end and the keeper continues. */
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

  /** Returns the outcome that the keeper must write; null if the run has written its own. */
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
    // The child uses the queue of this run, which differs in tests.
    return await executeChild(workflowType, { ...options, taskQueue: workflowInfo().taskQueue });
  }

  /**
   * Stops a run of the row that an earlier, terminated keeper started. The keeper starts no other work until that run has
   * stopped.
   */
  private async endStray({ kind, syncId }: NextSync): Promise<SyncOutcome | null> {
    this.show(`Waiting for ${syncId}, started by an earlier keeper, to stop`);
    const workflowId = kind === 'badging' ? autoBadgingWorkflowId(syncId) : organizationSyncWorkflowId(syncId);
    const run = getExternalWorkflowHandle(workflowId);
    try {
      // The signal only tests whether the run exists: it fails for an ended run, but a cancellation succeeds.
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

  /** True if the organization is gone. Messages that arrived during the query are handled first. */
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

  /** The queue is in the table and cancellations are done, so the new run needs only a number. */
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
