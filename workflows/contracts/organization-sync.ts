import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { SyncCounts, SyncPhase } from '../../domain/organizations/sync.ts';
import type { PlanningFacts } from './activities-organizations.ts';

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
