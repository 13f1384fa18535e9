import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { SyncCounts, SyncPhase } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import type { SyncEnding } from './organization-keeper.ts';
import { nameOf, ofOrganization, pieceOfWork } from './organization-work.ts';

/** Lists, checks, plans and applies one organization; also its preview and the recheck of its clouds. */
export const organizationSyncName = 'organizationSync';

export function organizationSyncWorkflowId(syncId: string): string {
  return `organization-sync/${syncId}`;
}

/** Part of the input so that tests can shorten and narrow them. */
export interface SyncTimings {
  /** Accounts in one batch of checks: one activity. */
  batchSize: number;
  /** Batches at a time. */
  window: number;
  /** Rounds in which deferred checks are asked again. */
  rounds: number;
  /** The wait before the first of these rounds, in milliseconds; doubled for each further one. */
  roundPause: number;
  /** Accounts in one slice of planning and applying: one transaction. */
  sliceSize: number;
  /** Accounts listed and checked since the last early slice, before the next is applied; the first goes at once. */
  earlySlice: number;
  /** All attempts at the inventory together may take so long, in milliseconds. */
  inventory: number;
  /** Events in a run's history after which it continues as new, between two rounds. Temporal ends a run at 51,200. */
  historyLength: number;
}

export const syncTimings: SyncTimings = {
  batchSize: 25,
  window: 8,
  rounds: 5,
  roundPause: 2_000,
  sliceSize: 1_000,
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
   * Only for a preview: plan by the newest complete snapshot instead of listing. Such a run calls nothing of AWS, so it
   * is started beside the keeper and waits for nobody.
   */
  fromSnapshot?: boolean;
  timings?: Partial<SyncTimings>;
  /** What a run hands to the one that continues it, once planning has begun; absent at the start. */
  carried?: OrganizationSyncCarry;
}

/** All that a continued run has to know; how far each account is, is in the database. */
export interface OrganizationSyncCarry {
  facts: PlanningFacts;
  counts: SyncCounts;
  /** The last round of deferred checks that was made. */
  round: number;
  /** Checks that were still open after it. */
  open: number;
  /** What AWS asks to wait before the next, in milliseconds. */
  retryAfterMs: number;
}

/** How a run ended. Expected endings are results, not failed workflows. */
export interface OrganizationSyncResult {
  phase: Extract<SyncPhase, 'completed' | 'failed' | 'cancelled'>;
  counts: SyncCounts;
  /** Removals that wait for a person (O17). */
  heldRemovals: number;
  failure: { code: string; message: string } | null;
}

/** What the query `progress` answers. */
export interface SyncProgress {
  syncId: string;
  phase: SyncPhase;
  counts: SyncCounts;
  /** Whether the accounts are all listed. */
  listed: boolean;
  /** Batches of checks that run now. */
  inFlight: number;
  /** The round of deferred checks that it is in; 0 before the first. */
  round: number;
  waitingFor: string;
}

/**
 * From the inventory: the accounts with these numbers are in the snapshot, so their checks may begin. Sent at most once a
 * second, and at once for the first page and the last. `upTo` only ever rises, and an attempt that goes on where another
 * stopped sends it again, so order and repetition do not matter.
 */
export const accountsListed = defineSignal<[{ upTo: number }]>('listed');
export const syncProgressQuery = defineQuery<SyncProgress>('progress');

/** Accounts of a sync by their numbers, both ends included. */
export interface AccountRange {
  syncId: string;
  from: number;
  to: number;
}

/** What an inventory found. */
export interface InventoryResult {
  /** The highest account number: all of 1…lastNumber are in the snapshot. */
  lastNumber: number;
  organizationalUnits: number;
  policies: number;
  /** How tags were read: in bulk by the tagging API, or account by account. */
  tagSource: 'tagging' | 'organizations';
}

/** How the checks of a range ended. Accounts whose check had an outcome before are not counted again. */
export interface CheckCounts {
  ok: number;
  warning: number;
  accessDenied: number;
  /** Not to be checked: out of scope, suspended, not activated. */
  skipped: number;
  /** To be asked again. */
  deferred: number;
  /** What AWS asks to wait before that, in milliseconds; 0 where it did not say. */
  retryAfterMs: number;
}

/** A sync whose settings are fixed. */
export interface PlanningFacts {
  /** The highest number, including those of clouds that were not listed. */
  lastNumber: number;
  /** The organization's clouds before this sync, without those that its early slices have brought: what the removal guard measures by. */
  clouds: number;
  /** Accounts whose check is still to be made, by the settings that hold now. */
  unchecked: number;
  /** Whether the accounts were listed in one unbroken pass. */
  complete: boolean;
}

/**
 * - `early`: while the listing goes on, adds and takes over accounts that are checked, under the settings of the moment.
 * - `plan`: writes the plan to the accounts' rows and changes nothing else (a preview).
 * - `apply`: writes the plan and carries it out, but for removals.
 */
export type SliceMode = 'early' | 'plan' | 'apply';

/**
 * What a slice came to, in accounts: what its plan says, however often it is asked. Removals are planned here and never
 * made here. `added` and `takenOver` alone are what this call did, so that those of early slices can be added to them.
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
}

/** Waiting checks, cut into batches. */
export interface UncheckedBatches {
  /** At most as many as asked for; each holds about `size` accounts to check. */
  batches: { from: number; to: number }[];
  /** True when there are more behind the last. */
  more: boolean;
}

/**
 * The activities of a sync. Accounts are named by ranges of their numbers in a sync (`sync_accounts.number`):
 * no list of accounts is ever in a payload, and what an activity has done is in those rows, so that each can run twice.
 *
 * Fencing: `takeInventory` and `readTags` raise `syncs.inventory_attempt` when they begin and name their attempt in each
 * write; the write of an attempt that was overtaken is refused. Everything else that writes does it in a transaction that
 * locks the rows it changes and reads how they stand, so that a late second run finds nothing to do.
 *
 * Gone: when the organization or the sync was deleted meanwhile, an activity fails with Precondition,
 * code `organization_removed`.
 */
export interface OrganizationSyncActivities {
  /**
   * Sweeps the organization: units, accounts, tags, policies and their targets, each listing page by page into the
   * snapshot, in parallel, under the rate budget of the sync's trigger. Heartbeats, and signals `listed` to the run that
   * called it. An attempt after another goes on where that one stopped, with empty buckets. Listing the accounts denied:
   * AccessDenied, and nothing of the snapshot counts as complete.
   */
  takeInventory: Activity<'sweep', { syncId: string }, InventoryResult>;
  /**
   * Checks the accounts of a range that wait or were deferred, side by side, and writes each outcome as it comes.
   * Heartbeats. An account's failure is an outcome; this fails only for what concerns all accounts. What a policy denies
   * is deferred until the organization's policies are read, which name it.
   */
  checkAccounts: Activity<'checking', AccountRange, CheckCounts>;
  enterSyncPhase: Activity<'registry', { syncId: string; phase: SyncPhase }, void>;

  /**
   * Fixes the settings that the sync is planned under. Clouds that were not listed get numbers behind those that were;
   * accounts that were skipped under older settings and are in scope now wait for their check.
   */
  beginPlanning: Activity<'bulk', { syncId: string }, PlanningFacts>;
  /** Cuts the accounts that still wait for a check, with numbers above `after`, into at most `most` batches. */
  divideUnchecked: Activity<'bulk', { syncId: string; after: number; size: number; most: number }, UncheckedBatches>;
  /** Gives up what is still deferred: its last reason becomes its outcome. */
  giveUpChecks: Activity<'bulk', { syncId: string }, { deferred: number }>;
  /** Plans a slice and, by mode, carries the plan out: one transaction. */
  planSlice: Activity<'bulk', AccountRange & { mode: SliceMode }, SliceCounts>;
  /** Makes the snapshot's units, policies and attachments the organization's. */
  publishTree: Activity<'bulk', { syncId: string }, void>;
  /** Removes the clouds of a range whose plan says so and that are still as planned; their own credentials return where they have some. */
  removeClouds: Activity<'bulk', AccountRange, { removed: number; released: number }>;
  /** Writes that the planned removals are held. */
  recordHeldRemovals: Activity<'registry', { syncId: string; count: number }, void>;
  /** The earlier syncs of the organization whose removals wait for an answer: what a newer complete listing supersedes. */
  findHeldRemovals: Activity<'registry', { syncId: string }, { syncIds: string[] }>;
  /** Stage 2 of badging for a range: the resource tags as read, and badges of them. */
  badgeSlice: Activity<'bulk', AccountRange, BadgingCounts>;

  /** Fills a recheck's rows with the organization's clouds that are not ok; suspended ones are none of them. */
  prepareRecheck: Activity<'bulk', { syncId: string }, { lastNumber: number }>;
  /** Writes the outcomes of a recheck to its clouds. */
  recordOutcomes: Activity<'bulk', AccountRange, void>;
  /**
   * Takes the accounts, units, tags and policies of the organization's newest complete sync over into a preview's own
   * snapshot. Null when there is none (any more).
   */
  reuseSnapshot: Activity<'bulk', { syncId: string }, { lastNumber: number } | null>;
  /** Makes the plan of a preview readable, or tells why there is none. */
  finishPreview: Activity<'bulk', SyncEnding, void>;
}

/**
 * How the keeper starts a sync, a preview or a recheck: once a row, for good. Should the keeper be terminated, the
 * child is asked to stop; it must not go on beside the child of the next keeper.
 */
export function organizationSyncChild(input: OrganizationSyncInput, nickname: string | null) {
  const verbs = { sync: 'Synchronise', preview: 'Preview', recheck: 'Recheck the clouds of' } as const;
  return {
    ...pieceOfWork(organizationSyncName, organizationSyncWorkflowId(input.syncId), input, 'listing'),
    staticSummary: `${verbs[input.kind]} ${nameOf(input.awsOrganizationId, nickname)}`,
  };
}

/**
 * How a preview that goes by an older snapshot is started: beside the keeper, since it calls nothing of AWS. Once a row,
 * for good; asking again joins the run.
 */
export function snapshotPreviewStart({ syncId, awsOrganizationId }: Pick<OrganizationSyncInput, 'syncId' | 'awsOrganizationId'>) {
  const { parentClosePolicy: _ofChildren, ...start } = organizationSyncChild(
    { syncId, kind: 'preview', awsOrganizationId, fromSnapshot: true },
    null,
  );
  return {
    ...start,
    typedSearchAttributes: ofOrganization(awsOrganizationId, 'applying'),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  };
}
