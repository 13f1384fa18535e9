import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  accountsListed,
  syncProgressQuery,
  syncTimings,
  type OrganizationSyncCarry,
  type OrganizationSyncInput,
  type OrganizationSyncResult,
  type PlanningFacts,
  type SliceMode,
  type SyncTimings,
} from '../contracts/organization-sync.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import { bulk, sweep } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import { ProgressTracker } from '../lib/progress-tracker.ts';
import { forEachSlice } from '../lib/slices.ts';
import * as outcomes from '../lib/sync-outcomes.ts';
import type { SyncOutcome } from '../lib/sync-outcomes.ts';
import { together } from '../lib/together.ts';
import { Checks, type OpenChecks } from './checks.ts';
import { removeOrHoldClouds, type PlannedRemovals } from './removals.ts';

/**
 * Syncs the registry with one organization (O9): lists the organization and checks its accounts in parallel, makes a plan
 * from the complete listing, applies the plan in slices, and makes badges. It also runs the preview of a sync (O16), and
 * the recheck of the clouds that are not ok (O19).
 */
export async function organizationSync(input: OrganizationSyncInput): Promise<OrganizationSyncResult> {
  return await new OrganizationSync(input).execute();
}

/** The state after planning has started: the settings are fixed, and some checks are open. */
type Planned = Omit<OrganizationSyncCarry, 'counts'>;

class OrganizationSync {
  readonly input: OrganizationSyncInput;
  private readonly syncId: string;
  readonly timings: SyncTimings;
  readonly progress: ProgressTracker;
  private readonly checks: Checks;
  /** The current step, for the failure message. */
  private step = 'The work could not start';
  private appliedEarly = 0;
  private heldRemovals = 0;

  constructor(input: OrganizationSyncInput) {
    this.input = input;
    this.syncId = input.syncId;
    this.timings = { ...syncTimings, ...input.timings };
    const firstPhase = input.carried || input.kind === 'recheck' || input.fromSnapshot ? 'applying' : 'listing';
    this.progress = new ProgressTracker(input.syncId, firstPhase);
    this.checks = new Checks(this.progress, this.timings);
    if (input.carried) this.progress.resume(input.carried);
    setHandler(accountsListed, ({ upTo }) => this.checks.listed(upTo));
    setHandler(syncProgressQuery, () => this.progress.describe());
  }

  async execute(): Promise<OrganizationSyncResult> {
    upsertSearchAttributes([{ key: searchAttributes.phase, value: this.progress.phase }]);
    let outcome: SyncOutcome;
    try {
      outcome = await this.work();
    } catch (error) {
      outcome = isCancellation(error) ? outcomes.cancelled : outcomes.failed(this.step, readActivityProblem(error));
    }
    return await CancellationScope.nonCancellable(() => this.end(outcome));
  }

  private async work(): Promise<SyncOutcome> {
    switch (this.input.kind) {
      case 'sync':
        return await this.synchronise();
      case 'preview':
        return await this.preview();
      case 'recheck':
        return await this.recheck();
    }
  }

  private async synchronise(): Promise<SyncOutcome> {
    const planned = this.input.carried ?? (await this.listAndCheck());
    await this.finishChecks(planned);
    const { facts } = planned;
    this.step = 'The plan could not be carried out';
    this.progress.show('Applying the plan to the clouds');
    const removals = await this.planSlices(facts.lastNumber, 'apply');
    this.heldRemovals = await removeOrHoldClouds(this, facts, removals);
    await this.badge(facts.lastNumber);
    return outcomes.completed;
  }

  /** Lists the organization, checks its accounts and adds the first clouds in parallel. Then it fixes the settings of the plan. */
  private async listAndCheck(): Promise<Planned> {
    this.step = 'The organization could not be listed and checked, so nothing was removed';
    this.progress.show('Listing the organization and checking its accounts');
    let left: OpenChecks = { open: 0, retryAfterMs: 0 };
    await together([
      () => this.takeInventory(),
      async () => {
        left = await this.checks.firstPass();
      },
      () => this.applyEarly(),
    ]);
    const facts = await this.beginPlanning();
    await together([() => this.enterApplying(), () => bulk.publishTree({ syncId: this.syncId })]);
    // Accounts that came into scope after they were listed have had no check yet, so they get one without a pause.
    const isWider = facts.unchecked > left.open;
    return { facts, round: 0, ...(isWider ? await this.checks.pass() : { ...left, open: facts.unchecked }) };
  }

  private async takeInventory(): Promise<void> {
    const { lastNumber } = await sweep(this.timings.inventory).takeInventory({ syncId: this.syncId });
    this.checks.close(lastNumber);
    this.progress.show('Everything is listed; checking the remaining accounts');
  }

  /** Adds checked accounts before the listing ends, so that the first clouds are usable within seconds. */
  private async applyEarly(): Promise<void> {
    const { checks, timings } = this;
    const due = () => checks.checkedUpTo - this.appliedEarly >= (this.appliedEarly === 0 ? 1 : timings.earlySlice);
    for (;;) {
      await condition(() => checks.done || due());
      if (checks.done) return;
      const from = this.appliedEarly + 1;
      const to = Math.min(checks.checkedUpTo, this.appliedEarly + timings.sliceSize);
      const { added, takenOver } = await bulk.planSlice({ syncId: this.syncId, from, to, mode: 'early' });
      this.progress.count({ added, takenOver });
      this.appliedEarly = to;
    }
  }

  private async beginPlanning(): Promise<PlanningFacts> {
    this.step = 'The plan could not be made';
    return await bulk.beginPlanning({ syncId: this.syncId });
  }

  private async enterApplying(): Promise<void> {
    await this.progress.enter('applying', 'Planning with the current settings');
  }

  /** Retries the open checks in rounds. A check that is open after the last round keeps its last reason. */
  private async finishChecks({ facts, ...rest }: Planned): Promise<void> {
    this.step = 'The accounts could not be checked';
    let { round, open, retryAfterMs } = rest;
    while (open > 0 && round < this.timings.rounds) {
      await this.continueIfLong({ facts, round, open, retryAfterMs });
      round += 1;
      this.progress.round = round;
      this.progress.show(`${open} checks got no answer; retrying, round ${round} of ${this.timings.rounds}`);
      await this.checks.pause(round, retryAfterMs);
      ({ open, retryAfterMs } = await this.checks.pass());
    }
    if (open === 0) return;
    const { deferred } = await bulk.giveUpChecks({ syncId: this.syncId });
    this.progress.count({ deferred });
  }

  /** Continues a long run as new. After planning has started, its state is in the database, so nothing is lost. */
  private async continueIfLong(planned: Planned): Promise<void> {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    if (historyLength < this.timings.historyLength && !continueAsNewSuggested) return;
    await continueAsNew<typeof organizationSync>({ ...this.input, carried: { ...planned, counts: { ...this.progress.counts } } });
  }

  private async planSlices(lastNumber: number, mode: SliceMode): Promise<PlannedRemovals> {
    const removals: PlannedRemovals = { all: 0, confirmed: 0 };
    await forEachSlice(lastNumber, this.timings, async (range) => {
      const { toRemove, confirmedRemovals = 0, ...counts } = await bulk.planSlice({ syncId: this.syncId, ...range, mode });
      this.progress.count(counts);
      removals.all += toRemove;
      removals.confirmed += confirmedRemovals;
    });
    return removals;
  }

  private async badge(lastNumber: number): Promise<void> {
    this.step = 'The clouds are up to date, but their badges could not be made';
    await together([
      () => this.progress.enter('badging', 'Making badges from the tags'),
      () =>
        forEachSlice(lastNumber, this.timings, async (range) => {
          await bulk.badgeSlice({ syncId: this.syncId, ...range });
        }),
    ]);
  }

  private async preview(): Promise<SyncOutcome> {
    this.step = 'The organization could not be listed';
    if (this.input.fromSnapshot) {
      if (!(await bulk.reuseSnapshot({ syncId: this.syncId }))) return outcomes.noSnapshot;
    } else {
      this.progress.show('Listing the organization');
      await this.takeInventory();
    }
    const { lastNumber } = await this.beginPlanning();
    await this.enterApplying();
    await this.planSlices(lastNumber, 'plan');
    return outcomes.completed;
  }

  private async recheck(): Promise<SyncOutcome> {
    this.step = 'The clouds could not be checked';
    const planned = this.input.carried ?? (await this.beginRecheck());
    await this.finishChecks(planned);
    await forEachSlice(planned.facts.lastNumber, this.timings, (range) => bulk.recordOutcomes({ syncId: this.syncId, ...range }));
    return outcomes.completed;
  }

  private async beginRecheck(): Promise<Planned> {
    const { lastNumber } = await bulk.prepareRecheck({ syncId: this.syncId });
    this.progress.show(`Checking ${lastNumber} clouds that are not ok`);
    const facts = { lastNumber, clouds: lastNumber, unchecked: lastNumber, complete: false };
    return { facts, round: 0, ...(await this.checks.pass()) };
  }

  private async end({ phase, failure }: SyncOutcome): Promise<OrganizationSyncResult> {
    const ending = { syncId: this.syncId, phase, failure };
    if (this.input.kind === 'preview') await bulk.finishPreview(ending);
    await bulk.finishSync(ending);
    await this.progress.enter(phase, failure?.message ?? 'Done');
    return { phase, failure, counts: { ...this.progress.counts }, heldRemovals: this.heldRemovals };
  }
}
