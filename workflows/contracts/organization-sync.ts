import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { SyncCounts, SyncPhase } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import type { SyncEnding } from './organization-keeper.ts';
import { displayName, organizationAttributes, pieceOfWork } from './organization-work.ts';

/** The registered name. The workflow syncs one organization, previews that, or rechecks the organization's clouds. */
export const organizationSyncName = 'organizationSync';

export function organizationSyncWorkflowId(syncId: string): string {
  return `organization-sync/${syncId}`;
}

/** The sizes and timeouts of a sync. They are part of the input so that tests can reduce them. */
export interface SyncTimings {
  /** The accounts in one batch of checks, which is one activity. */
  batchSize: number;
  /** The batches that run at the same time. */
  window: number;
  /** The rounds in which deferred checks are retried. */
  rounds: number;
  /** The pause before the first round, in milliseconds. It doubles with each further round. */
  roundPause: number;
  /** The accounts that one transaction plans and applies. */
  sliceSize: number;
  /** The slices that are planned, applied or badged at the same time. */
  slicesAtOnce: number;
  /** The accounts that must be checked before the next early slice is applied. The first early slice needs one. */
  earlySlice: number;
  /** The timeout of all attempts at the inventory together, in milliseconds. */
  inventory: number;
  /** The events after which a run continues as new, between two rounds. Temporal ends a run at 51,200 events. */
  historyLength: number;
}

export const syncTimings: SyncTimings = {
  batchSize: 25,
  window: 8,
  rounds: 5,
  roundPause: 2_000,
  sliceSize: 1_000,
  slicesAtOnce: 4,
  earlySlice: 100,
  inventory: 12 * 3_600_000,
  historyLength: 8_000,
};

export interface OrganizationSyncInput {
  syncId: string;
  kind: 'sync' | 'preview' | 'recheck';
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /**
   * Only for a preview: plans with the newest complete snapshot instead of a listing. Such a run never calls AWS, so it
   * runs beside the keeper without a queue.
   */
  fromSnapshot?: boolean;
  timings?: Partial<SyncTimings>;
  /** The state of the previous run, which continued as new after planning had started. Absent at the start. */
  carried?: OrganizationSyncCarry;
}

/** The state that a continued run needs. The progress of each account is in the database. */
export interface OrganizationSyncCarry {
  facts: PlanningFacts;
  counts: SyncCounts;
  /** The last finished round of deferred checks. */
  round: number;
  /** The checks that were still open after it. */
  open: number;
  /** The pause that AWS requires before the next round, in milliseconds. */
  retryAfterMs: number;
}

/** The end of a run. An expected end is a result, not a failed workflow. */
export interface OrganizationSyncResult {
  phase: Extract<SyncPhase, 'completed' | 'failed' | 'cancelled'>;
  counts: SyncCounts;
  /** The removals that wait for a person's answer (O17). */
  heldRemovals: number;
  failure: { code: string; message: string } | null;
}

/** The answer of the query `progress`. */
export interface SyncProgress {
  syncId: string;
  phase: SyncPhase;
  counts: SyncCounts;
  /** True once all accounts are listed. */
  listed: boolean;
  /** The batches of checks that run now. */
  inFlight: number;
  /** The current round of deferred checks; 0 before the first. */
  round: number;
  waitingFor: string;
}

/**
 * Sent by the inventory: the accounts up to this number are in the snapshot, so their checks may start. It is sent at most
 * every 200 ms in the first 3 s, then once a second, and at once for the first and the last page. Order and repetition do not
 * matter: the workflow uses the highest `upTo`, which a resumed attempt sends again.
 */
export const accountsListed = defineSignal<[{ upTo: number }]>('listed');
export const syncProgressQuery = defineQuery<SyncProgress>('progress');

/** The accounts of a sync with these numbers, both ends included. */
export interface AccountRange {
  syncId: string;
  from: number;
  to: number;
}

/** The result of an inventory. */
export interface InventoryResult {
  /** The highest account number. The snapshot contains the accounts 1 to lastNumber. */
  lastNumber: number;
  organizationalUnits: number;
  policies: number;
  /** The source of the tags: the tagging API in bulk, or Organizations account by account. */
  tagSource: 'tagging' | 'organizations';
}

/** The outcomes of the checks of a range. An account that had an outcome before is not counted. */
export interface CheckCounts {
  ok: number;
  warning: number;
  accessDenied: number;
  /** Not checked: out of scope, suspended or not activated. */
  skipped: number;
  /** To be retried. */
  deferred: number;
  /** The pause that AWS requires before the retry, in milliseconds; 0 if AWS named none. */
  retryAfterMs: number;
}

/** The facts of a sync whose settings are fixed. */
export interface PlanningFacts {
  /** The highest number, including the numbers of clouds that were not listed. */
  lastNumber: number;
  /** The number of the organization's clouds before this sync. The removal guard compares with it. */
  clouds: number;
  /** The accounts that still need a check under the fixed settings. */
  unchecked: number;
  /** True if the accounts were listed in one pass without a gap. */
  complete: boolean;
}

/**
 * - `early`: adds and takes over checked accounts while the listing continues, under the current settings.
 * - `plan`: writes the plan to the accounts' rows and changes nothing else, for a preview.
 * - `apply`: writes the plan and carries it out, except for removals.
 */
export type SliceMode = 'early' | 'plan' | 'apply';

/**
 * The plan of a slice, in accounts. A repeated call returns the same counts, except for `added` and `takenOver`, which
 * count the work of this call, so that the counts of early slices can be added. Removals are planned here, not made.
 */
export interface SliceCounts {
  inScope: number;
  excluded: number;
  added: number;
  takenOver: number;
  moved: number;
  renamed: number;
  suspended: number;
  toRemove: number;
  /**
   * The removals among `toRemove` that a person confirmed by switching `autoRemoveSuspended` on (O8). Results of older runs have no
   * such field.
   */
  confirmedRemovals?: number;
}

/** Open checks, divided into batches. */
export interface UncheckedBatches {
  /** At most `most` batches, each with at most `size` accounts to check. */
  batches: { from: number; to: number }[];
  /** True if there are more after the last. */
  more: boolean;
}

/**
 * The activities of a sync. Their inputs name accounts by ranges of numbers (`sync_accounts.number`), so that no payload
 * contains a list of accounts. Each activity records its work in these rows, so that it can run twice.
 *
 * Fencing: `takeInventory` and `readTags` increase `syncs.inventory_attempt` when they start, and name their attempt in
 * each write; the write of an older attempt is refused. Every other activity locks the rows that it changes and reads
 * their state in one transaction, so that a late second run finds nothing to do.
 *
 * An activity fails with Precondition, code `organization_removed`, if the organization or the sync was deleted.
 */
export interface OrganizationSyncActivities {
  /**
   * Lists the organization into the snapshot: units, accounts, tags, policies and their targets, in parallel, under the
   * rate budget of the sync's trigger. Heartbeats, and signals `listed` to the run that called it. A later attempt resumes
   * where the one before it stopped, with empty buckets. If AWS denies the listing of accounts, it fails with AccessDenied
   * and no part of the snapshot counts as complete.
   */
  takeInventory: Activity<'sweep', { syncId: string }, InventoryResult>;
  /**
   * Checks the waiting and deferred accounts of a range in parallel, and writes each outcome at once. Heartbeats. The
   * failure of one account is an outcome; the activity fails only if the cause concerns all accounts. A denial by a policy
   * is deferred until the organization's policies are read, because they name the policy.
   */
  checkAccounts: Activity<'checking', AccountRange, CheckCounts>;
  /** Writes the phase of the sync. */
  enterSyncPhase: Activity<'registry', { syncId: string; phase: SyncPhase }, void>;

  /**
   * Fixes the settings of the plan. Clouds that were not listed get the numbers after the listed ones. Accounts that were
   * skipped under older settings and are in scope now get a check.
   */
  beginPlanning: Activity<'bulk', { syncId: string }, PlanningFacts>;
  /** Divides the accounts with open checks and numbers above `after` into at most `most` batches. */
  divideUnchecked: Activity<'bulk', { syncId: string; after: number; size: number; most: number }, UncheckedBatches>;
  /** Gives up the deferred checks: the last reason of each becomes its outcome. */
  giveUpChecks: Activity<'bulk', { syncId: string }, { deferred: number }>;
  /** Plans a slice and, in the modes `early` and `apply`, carries the plan out, in one transaction. */
  planSlice: Activity<'bulk', AccountRange & { mode: SliceMode }, SliceCounts>;
  /** Replaces the organization's units, policies and attachments by the snapshot's. */
  publishTree: Activity<'bulk', { syncId: string }, void>;
  /** Removes the clouds of a range that are planned for removal and unchanged since. A cloud with credentials of its own is released instead. */
  removeClouds: Activity<'bulk', AccountRange & { onlyConfirmed?: boolean }, { removed: number; released: number }>;
  /** Records that the planned removals are held. Names the units of the scope that are gone. Older runs recorded no result. */
  recordHeldRemovals: Activity<'registry', { syncId: string; count: number }, { missingUnits: string | null } | null>;
  /** Finds the organization's earlier syncs with held removals, which a newer complete listing supersedes. */
  findHeldRemovals: Activity<'registry', { syncId: string }, { syncIds: string[] }>;
  /** Stage 2 of auto-badging, for a range: writes the resource tags and makes badges from them. */
  badgeSlice: Activity<'bulk', AccountRange, BadgingCounts>;

  /** Writes a row of the recheck for each cloud of the organization that is neither ok nor suspended. */
  prepareRecheck: Activity<'bulk', { syncId: string }, { lastNumber: number }>;
  /** Writes the outcomes of a recheck to the clouds. */
  recordOutcomes: Activity<'bulk', AccountRange, void>;
  /**
   * Copies the accounts, units, tags and policies of the organization's newest complete sync into the preview's snapshot.
   * Null if there is no complete sync.
   */
  reuseSnapshot: Activity<'bulk', { syncId: string }, { lastNumber: number } | null>;
  /** Publishes the plan of a preview, or the reason why there is none. */
  finishPreview: Activity<'bulk', SyncEnding, void>;
}

/**
 * The options with which the keeper starts a sync, a preview or a recheck. Each row is run once. If the keeper is
 * terminated, Temporal cancels the child, which must not run beside a child of the next keeper.
 */
export function organizationSyncChild(input: OrganizationSyncInput, nickname: string | null) {
  const verbs = { sync: 'Synchronise', preview: 'Preview', recheck: 'Recheck the clouds of' } as const;
  return {
    ...pieceOfWork(organizationSyncName, organizationSyncWorkflowId(input.syncId), input, 'listing'),
    staticSummary: `${verbs[input.kind]} ${displayName(input.awsOrganizationId, nickname)}`,
  };
}

/**
 * The options of a preview with an older snapshot. It runs beside the keeper because it never calls AWS. Each row is run
 * once; a second start joins the run.
 */
export function snapshotPreviewStart({ syncId, awsOrganizationId }: Pick<OrganizationSyncInput, 'syncId' | 'awsOrganizationId'>) {
  const { parentClosePolicy: _onlyForChildren, ...start } = organizationSyncChild(
    { syncId, kind: 'preview', awsOrganizationId, fromSnapshot: true },
    null,
  );
  return {
    ...start,
    typedSearchAttributes: organizationAttributes(awsOrganizationId, 'applying'),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  };
}
