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
const continueAfter = 100;
/** How long a run that another keeper left behind may take to stop before it is asked again. */
const strayPause = '5s';

/**
 * Keeps one organization: takes what waits in the table, one piece at a time, so that no two callers draw on one budget
 * at AWS (O19). Ends when the organization is gone and nothing waits.
 */
export async function organizationKeeper(input: OrganizationKeeperInput): Promise<void> {
  await new OrganizationKeeper(input).execute();
}

class OrganizationKeeper {
  private readonly input: OrganizationKeeperInput;
  private readonly before: number;
  private done = 0;
  /** Something may wait in the table. */
  private due = true;
  private running: NextSync | null = null;
  private work = new CancellationScope();
  /** Who wants which piece of work to end; by its id. */
  private readonly cancelledBy = new Map<string, string>();
  private readonly removed = new Set<string>();
  private waitingFor = 'Starting';

  constructor(input: OrganizationKeeperInput) {
    this.input = input;
    this.before = input.carried?.done ?? 0;
    setHandler(keeperRequest, () => {
      this.due = true;
    });
    setHandler(cancelSync, ({ syncId, by }) => {
      this.cancelledBy.set(syncId, by);
      this.stopIfAsked();
    });
    setHandler(organizationRemovedSignal, ({ organizationId }) => {
      if (organizationId !== null) this.removed.add(organizationId);
      this.due = true;
      this.stopIfAsked();
    });
    setHandler(keeperStateQuery, () => this.state());
  }

  async execute(): Promise<void> {
    const { awsOrganizationId } = this.input;
    for (;;) {
      await this.endWhatWaits();
      this.due = false;
      const next = await registry.takeNextSync({ awsOrganizationId });
      if (next) await this.carryOut(next);
      else if (await this.isOver()) return;
      else await this.rest();
      if (this.isLong()) await this.hand();
    }
  }

  /** Ends the work that was cancelled before its turn came. */
  private async endWhatWaits(): Promise<void> {
    for (const [syncId, by] of this.cancelledBy) {
      await bulk.finishSync({ syncId, ...outcomes.cancelledBy(by) });
      this.cancelledBy.delete(syncId);
    }
  }

  /** Runs one piece of work to its end. However it fails, the keeper goes on, and the row gets an end. */
  private async carryOut(next: NextSync): Promise<void> {
    this.running = next;
    this.work = new CancellationScope();
    this.wait(`Running a piece of work of kind ${next.kind}, ${next.syncId} (${next.trigger})`);
    this.stopIfAsked();
    try {
      const outcome = await this.runChild(next);
      if (outcome) await CancellationScope.nonCancellable(() => bulk.finishSync({ syncId: next.syncId, ...outcome }));
    } finally {
      this.running = null;
      this.cancelledBy.delete(next.syncId);
      this.due = true;
      this.done += 1;
      this.wait('Looking for what is next');
    }
  }

  /** Answers the end that is to be written; null when the run has written its own. */
  private async runChild(next: NextSync): Promise<SyncOutcome | null> {
    try {
      const { phase } = await this.work.run(() => this.startChild(next));
      return phase === 'cancelled' ? this.cancelled(next) : null;
    } catch (error) {
      if (isCancellation(error)) return this.cancelled(next) ?? outcomes.workflowCancelled;
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
    this.wait(`Waiting for ${syncId} to stop, which an earlier keeper began`);
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
    await sleep(strayPause);
    return null;
  }

  private cancelled({ syncId }: NextSync): SyncOutcome | null {
    const by = this.cancelledBy.get(syncId);
    return by === undefined ? null : outcomes.cancelledBy(by);
  }

  private stopIfAsked(): void {
    if (!this.running) return;
    const { syncId, organizationId } = this.running;
    if (this.cancelledBy.has(syncId) || (organizationId !== null && this.removed.has(organizationId))) this.work.cancel();
  }

  /** A message that came while we asked is served first. */
  private async isOver(): Promise<boolean> {
    const kept = await registry.isOrganizationKept({ awsOrganizationId: this.input.awsOrganizationId });
    return !kept && !this.hasMessages();
  }

  private async rest(): Promise<void> {
    this.wait('Nothing to do: waiting for a request');
    await condition(() => this.hasMessages());
  }

  private hasMessages(): boolean {
    return this.due || this.cancelledBy.size > 0;
  }

  private isLong(): boolean {
    return this.done >= (this.input.continueAfter ?? continueAfter) || workflowInfo().continueAsNewSuggested;
  }

  /** What waits is in the table and cancellations were served, so nothing but a number has to go along. */
  private async hand(): Promise<void> {
    await this.endWhatWaits();
    await continueAsNew<typeof organizationKeeper>({ ...this.input, carried: { done: this.before + this.done } });
  }

  private wait(waitingFor: string): void {
    this.waitingFor = waitingFor;
    setCurrentDetails(`${waitingFor}\n\n${this.before + this.done} pieces of work done`);
  }

  private state(): OrganizationKeeperState {
    const { running, waitingFor } = this;
    return {
      awsOrganizationId: this.input.awsOrganizationId,
      running: running && { syncId: running.syncId, kind: running.kind },
      done: this.before + this.done,
      waitingFor,
    };
  }
}
