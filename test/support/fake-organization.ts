import { randomUUID } from 'node:crypto';
import { activityInfo, getClient, heartbeat, sleep } from '@temporalio/activity';
import { noBadgingCounts } from '../../domain/badges/counts.ts';
import {
  isFinalSyncPhase,
  type CheckState,
  type HeldRemovalsState,
  type SyncKind,
  type SyncPhase,
} from '../../domain/organizations/sync.ts';
import type { ActivityFunctions } from '../../workflows/contracts/activity.ts';
import type { AutoBadgingActivities } from '../../workflows/contracts/auto-badging.ts';
import type { NextSync, OrganizationKeeperActivities, SyncEnding } from '../../workflows/contracts/organization-keeper.ts';
import {
  accountsListed,
  type AccountRange,
  type CheckCounts,
  type OrganizationSyncActivities,
  type SliceMode,
} from '../../workflows/contracts/organization-sync.ts';
import type { RemovalHoldActivities } from '../../workflows/contracts/removal-hold.ts';
import type { ScheduleTickActivities } from '../../workflows/contracts/schedule-tick.ts';
import { overheard } from './fake-activities.ts';

/** The activities that an organization's workflows call. */
type OrganizationActivities = ActivityFunctions<
  OrganizationKeeperActivities & OrganizationSyncActivities & AutoBadgingActivities & RemovalHoldActivities & ScheduleTickActivities
>;

/** The row of a piece of work. */
export interface FakeRow extends NextSync {
  phase: SyncPhase;
  failure: SyncEnding['failure'];
}

const running: readonly SyncPhase[] = ['listing', 'applying', 'badging'];
const firstPhase = { sync: 'listing', preview: 'listing', recheck: 'applying', badging: 'badging' } as const;

/** An organization at AWS and in the registry, in memory, for tests of its workflows' decisions. */
export class FakeOrganization {
  readonly awsOrganizationId = `o-${randomUUID().slice(0, 10)}`;
  readonly organizationId = randomUUID();
  readonly rows: FakeRow[] = [];
  /** The names of the called activities, in order. */
  readonly calls: string[] = [];
  readonly ranges: (AccountRange & { mode?: SliceMode; name: string })[] = [];
  /** Whether the organization is registered. */
  kept = true;
  /** The number of accounts at AWS, of accounts on a page, and of clouds whose account has left. */
  accounts = 0;
  page = 20;
  departed = 0;
  /** Whether the accounts are listed in one pass. */
  complete = true;
  /** The state of the held removals of each sync, by the sync's id. */
  readonly holds = new Map<string, HeldRemovalsState>();
  /** The persons who answered. */
  readonly answeredBy: string[] = [];
  /** The state of each account's check, by the account's number. */
  /** The units of the scope that are gone, as a hold shows them. */
  missingUnits: string | null = null;
  readonly checks = new Map<number, CheckState>();
  /** The maximum number of batches that ran at the same time. */
  maxInFlight = 0;
  private inFlight = 0;
  readonly activities: OrganizationActivities;

  constructor(overrides: (fake: FakeOrganization, ordinary: OrganizationActivities) => Partial<OrganizationActivities> = () => ({})) {
    const ordinary = this.ordinary();
    this.activities = overheard({ ...ordinary, ...overrides(this, ordinary) }, (name, input) => {
      this.calls.push(name);
      if (input && typeof input === 'object' && 'from' in input) this.ranges.push({ ...(input as AccountRange), name });
    });
  }

  /** Writes a row, as a caller does before it wakes the keeper. */
  ask(kind: SyncKind, phase: SyncPhase = 'queued'): FakeRow {
    const row: FakeRow = {
      syncId: randomUUID(),
      kind,
      phase,
      trigger: 'requested',
      organizationId: this.organizationId,
      nickname: 'Acme',
      failure: null,
    };
    this.rows.push(row);
    return row;
  }

  count(name: keyof OrganizationActivities): number {
    return this.calls.filter((call) => call === name).length;
  }

  inState(state: CheckState): number {
    return [...this.checks.values()].filter((found) => found === state).length;
  }

  /** Checks a range. `judge` returns the state of an account's check after it, which is `done` by default. */
  async check({ from, to }: AccountRange, judge: (number: number) => CheckState = () => 'done'): Promise<CheckCounts> {
    const counts = { ok: 0, warning: 0, accessDenied: 0, skipped: 0, deferred: 0, retryAfterMs: 0 };
    for (let number = from; number <= to; number += 1) {
      const before = this.checks.get(number);
      if (before === 'done') continue;
      const after = before === 'skipped' ? before : judge(number);
      this.checks.set(number, after);
      if (after === 'done') counts.ok += 1;
      if (after === 'deferred') counts.deferred += 1;
      if (after === 'skipped') counts.skipped += 1;
    }
    return counts;
  }

  /** For a batch of checks: waits until the expected number of batches runs, and a moment longer to notice another one. */
  async together(expected: number): Promise<void> {
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    try {
      while (this.maxInFlight < expected) await sleep(10);
      await sleep(100);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Signals the progress of the listing to the calling run, and adds the checks of the listed accounts. */
  async list(upTo: number): Promise<void> {
    for (let number = 1; number <= upTo; number += 1) if (!this.checks.has(number)) this.checks.set(number, 'waiting');
    await getClient().workflow.getHandle(activityInfo().workflowExecution!.workflowId).signal(accountsListed, { upTo });
    heartbeat(upTo);
  }

  private ordinary(): OrganizationActivities {
    const open = () => [...this.checks].filter(([, state]) => state === 'waiting' || state === 'deferred').map(([number]) => number);
    return {
      takeInventory: async () => {
        for (let upTo = this.page; upTo < this.accounts; upTo += this.page) await this.list(upTo);
        await this.list(this.accounts);
        return { lastNumber: this.accounts, organizationalUnits: 1, policies: 1, tagSource: 'tagging' };
      },
      checkAccounts: (range) => this.check(range),
      readTags: async () => {},
      takeNextSync: async () => {
        const next = this.rows.find(({ phase }) => running.includes(phase)) ?? this.rows.find(({ phase }) => phase === 'queued');
        if (!next) return null;
        if (next.phase === 'queued') next.phase = firstPhase[next.kind];
        const { failure: _failure, phase: _phase, ...taken } = next;
        return taken;
      },
      isOrganizationKept: async () => this.kept || this.rows.some(({ phase }) => phase === 'queued'),
      finishSync: async ({ syncId, phase, failure }) => {
        const row = this.rows.find((found) => found.syncId === syncId);
        if (row && (!isFinalSyncPhase(row.phase) || (row.phase === 'cancelled' && phase === 'cancelled'))) {
          Object.assign(row, { phase, failure });
        }
      },
      enterSyncPhase: async ({ syncId, phase }) => {
        const row = this.rows.find((found) => found.syncId === syncId);
        if (row) row.phase = phase;
      },
      beginPlanning: async () => {
        for (let number = this.accounts + 1; number <= this.accounts + this.departed; number += 1) this.checks.set(number, 'skipped');
        const lastNumber = this.accounts + this.departed;
        return { lastNumber, clouds: lastNumber, unchecked: open().length, complete: this.complete };
      },
      divideUnchecked: async ({ after, size, most }) => {
        const numbers = open().filter((number) => number > after);
        const batches: { from: number; to: number }[] = [];
        for (let at = 0; at < numbers.length && batches.length < most; at += size) {
          batches.push({ from: numbers[at]!, to: numbers[Math.min(at + size, numbers.length) - 1]! });
        }
        return { batches, more: numbers.length > batches.length * size };
      },
      giveUpChecks: async () => {
        const left = open();
        for (const number of left) this.checks.set(number, 'done');
        return { deferred: left.length };
      },
      planSlice: async ({ from, to, mode }) => ({
        inScope: mode === 'early' ? 0 : to - from + 1,
        excluded: 0,
        added: mode === 'early' ? to - from + 1 : 0,
        takenOver: 0,
        moved: 0,
        renamed: 0,
        suspended: 0,
        toRemove: mode === 'early' ? 0 : Math.max(0, to - Math.max(from - 1, this.accounts)),
      }),
      publishTree: async () => {},
      removeClouds: async ({ from, to }) => ({ removed: Math.max(0, to - Math.max(from - 1, this.accounts)), released: 0 }),
      recordHeldRemovals: async ({ syncId }) => {
        this.holds.set(syncId, 'waiting');
        return { missingUnits: this.missingUnits };
      },
      findHeldRemovals: async ({ syncId }) => ({
        syncIds: [...this.holds].filter(([held, state]) => held !== syncId && state === 'waiting').map(([held]) => held),
      }),
      endHeldRemovals: async ({ syncId, state, by }) => {
        const before = this.holds.get(syncId);
        const ended = before === undefined || before === 'waiting' ? state : before;
        if (by !== null) this.answeredBy.push(by);
        this.holds.set(syncId, ended);
        return { state: ended };
      },
      badgeSlice: async ({ from, to }) => ({ ...noBadgingCounts, clouds: to - from + 1 }),
      prepareRecheck: async () => {
        for (let number = 1; number <= this.accounts; number += 1) this.checks.set(number, 'waiting');
        return { lastNumber: this.accounts };
      },
      recordOutcomes: async () => {},
      prepareBadging: async () => ({ lastNumber: this.accounts }),
      reuseSnapshot: async () => ({ lastNumber: this.accounts }),
      finishPreview: async () => {},
      requestScheduledWork: async () => ({ syncId: this.ask('sync').syncId }),
    };
  }
}
