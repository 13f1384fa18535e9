import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { SyncKind, SyncPhase, SyncTrigger } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import { ofOrganization } from './organization-work.ts';
import { taskQueue } from './queues.ts';

/**
 * The keeper of one organization: all work that calls the organization's API goes through it, one piece at a time, so
 * that no two callers draw on one budget (O19).
 *
 * The queue is the table `syncs`, not the workflow: whoever asks writes a row (or joins one that waits already) in the
 * transaction of its own change, and signals afterwards. The keeper takes the next row whenever it has nothing to do. So
 * a signal that comes twice is harmless, one that is lost is made up for by the reconciler, which also starts a keeper
 * again that ended before its work, and the history stays small.
 *
 * It goes by AWS's id of the organization, not ours: an organization that is removed and added again, or previewed
 * before it is added, is the same budget at AWS.
 */
export const organizationKeeperName = 'organizationKeeper';

/** The workflow's id. */
export function organizationWorkflowId(awsOrganizationId: string): string {
  return `organization/${awsOrganizationId}`;
}

export interface OrganizationKeeperInput {
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /** What a run hands to the one that continues it; absent at the start. */
  carried?: OrganizationKeeperCarry;
  /** After how many pieces of work it continues as new, unless Temporal suggests it before. Shortened in tests. */
  continueAfter?: number;
}

/** All that a continued run has to know; what waits is in the database. */
export interface OrganizationKeeperCarry {
  /** Pieces of work done since the organization's keeper began. */
  done: number;
}

/** Somebody wants something done; the row `syncId` says what. */
export interface KeeperRequest {
  kind: SyncKind;
  syncId: string;
  trigger: SyncTrigger;
  /** The settings that the request was made under. */
  settingsGeneration: number;
}

export interface OrganizationKeeperState {
  awsOrganizationId: string;
  /** Null while it waits for a request. */
  running: null | { syncId: string; kind: SyncKind };
  done: number;
  /** What it waits for, in a sentence. */
  waitingFor: string;
}

/** Wakes the keeper. Sent as signal-with-start, from everywhere, after the row is committed. */
export const keeperRequest = defineSignal<[KeeperRequest]>('request');
/**
 * The organization is no longer registered (its row is gone): what runs for it is cancelled, and the keeper ends once
 * nothing waits. Null from whoever finds it gone and cannot tell by which of our ids it was known: then nothing runs.
 */
export const organizationRemovedSignal = defineSignal<[{ organizationId: string | null }]>('removed');
/** Cancels a piece of work that runs or waits; the keeper writes its end. `by` tells who asked. */
export const cancelSync = defineSignal<[{ syncId: string; by: string }]>('cancelSync');
export const keeperStateQuery = defineQuery<OrganizationKeeperState>('state');

/** What the keeper is to run next. */
export interface NextSync {
  syncId: string;
  kind: SyncKind;
  trigger: SyncTrigger;
  /** Our own; null for an organization that is not registered. */
  organizationId: string | null;
  /** For the summary; null for an organization that is not registered. */
  nickname: string | null;
}

/** How a piece of work ends. */
export interface SyncEnding {
  syncId: string;
  phase: Extract<SyncPhase, 'completed' | 'failed' | 'cancelled'>;
  failure: { code: string; message: string } | null;
}

/** The activities of the keeper and its queue. */
export interface OrganizationKeeperActivities {
  /**
   * What the keeper runs next: a row that runs already (its assignment was lost on the way), else the oldest that
   * waits, which it marks as begun. Null when nothing waits.
   */
  takeNextSync: Activity<'registry', { awsOrganizationId: string }, NextSync | null>;
  /** Whether an organization of this id is registered, or work for it waits: whether its keeper has a reason to live. */
  isOrganizationKept: Activity<'registry', { awsOrganizationId: string }, boolean>;
  /** Ends a piece of work, however it came to it: the row's end and, for the keeper, the next one's turn. Drops all syncs but the last ten. */
  finishSync: Activity<'bulk', SyncEnding, void>;
}

/** How the keeper is woken: signal-with-start, from everywhere. There is at most one; after its end it may begin anew. */
export function organizationKeeperStart(awsOrganizationId: string, options: Pick<OrganizationKeeperInput, 'continueAfter'> = {}) {
  return {
    workflowType: organizationKeeperName,
    workflowId: organizationWorkflowId(awsOrganizationId),
    taskQueue,
    args: [{ awsOrganizationId, ...options }] as [OrganizationKeeperInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: ofOrganization(awsOrganizationId),
    staticSummary: `Keep organization ${awsOrganizationId}`,
    staticDetails: 'Runs all work on this organization, one piece at a time. To stop a piece of work, cancel its workflow, not this one.',
  };
}

/** The request that a committed row of `syncs` stands for. */
export function keeperRequestOf({
  id: syncId,
  kind,
  trigger,
  settingsGeneration,
}: Omit<KeeperRequest, 'syncId'> & { id: string }): KeeperRequest {
  return { syncId, kind, trigger, settingsGeneration };
}

/** Signal-with-start that wakes an organization's keeper for a request. */
export function wakeKeeperCall(
  awsOrganizationId: string,
  request: KeeperRequest,
  options: Pick<OrganizationKeeperInput, 'continueAfter'> = {},
) {
  return { ...organizationKeeperStart(awsOrganizationId, options), signal: keeperRequest, signalArgs: [request] as [KeeperRequest] };
}
