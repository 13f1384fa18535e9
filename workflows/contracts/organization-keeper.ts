import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { SyncKind, SyncPhase, SyncTrigger } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import { organizationAttributes } from './organization-work.ts';
import { taskQueue } from './queues.ts';

/**
 * The registered name. All work that calls the API of one organization goes through its keeper, one piece at a time, so
 * that two runs never share the organization's rate budget (O19).
 *
 * The queue is the table `syncs`, not the workflow. A caller writes a row, or joins a queued one, in the transaction of
 * its own change, and signals the keeper afterwards. An idle keeper takes the next row. A duplicate signal is therefore
 * harmless, the reconciler makes up for a lost one, and the history stays small. The reconciler also restarts a keeper
 * that ended before its work.
 *
 * The workflow's id contains AWS's id of the organization, not Muster's. An organization that is removed and added again,
 * or previewed before it is added, has the same budget at AWS.
 */
export const organizationKeeperName = 'organizationKeeper';

export function organizationWorkflowId(awsOrganizationId: string): string {
  return `organization/${awsOrganizationId}`;
}

export interface OrganizationKeeperInput {
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /** The state of the previous run, which continued as new. Absent at the start. */
  carried?: OrganizationKeeperCarry;
  /** The pieces of work after which a run continues as new, unless Temporal suggests it earlier. Tests shorten it. */
  continueAfter?: number;
}

/** The state that a continued run needs. The queue is in the database. */
export interface OrganizationKeeperCarry {
  /** The pieces of work done since the keeper started. */
  done: number;
}

/** A request for the work of the row `syncId`. */
export interface KeeperRequest {
  kind: SyncKind;
  syncId: string;
  trigger: SyncTrigger;
  /** The generation of the settings at the time of the request. */
  settingsGeneration: number;
}

export interface OrganizationKeeperState {
  awsOrganizationId: string;
  /** Null while it waits for a request. */
  running: null | { syncId: string; kind: SyncKind };
  done: number;
  /** The current step of the keeper, or its wait, in a sentence. */
  waitingFor: string;
}

/** Wakes the keeper. Every caller sends it as signal-with-start, after its row is committed. */
export const keeperRequest = defineSignal<[KeeperRequest]>('request');
/**
 * Reports that the organization's row is gone: the keeper cancels its running work and ends once its queue is empty. The
 * id is Muster's. It is null if the sender cannot know it; then no work runs.
 */
export const organizationRemovedSignal = defineSignal<[{ organizationId: string | null }]>('removed');
/** Cancels a running or queued piece of work; the keeper writes its end. `by` names the person who cancelled it. */
export const cancelSync = defineSignal<[{ syncId: string; by: string }]>('cancelSync');
export const keeperStateQuery = defineQuery<OrganizationKeeperState>('state');

/** The next piece of work of a keeper. */
export interface NextSync {
  syncId: string;
  kind: SyncKind;
  trigger: SyncTrigger;
  /** Muster's id; null for an organization that is not registered. */
  organizationId: string | null;
  /** For the summary; null for an organization that is not registered. */
  nickname: string | null;
}

/** The end of a piece of work. */
export interface SyncEnding {
  syncId: string;
  phase: Extract<SyncPhase, 'completed' | 'failed' | 'cancelled'>;
  failure: { code: string; message: string } | null;
}

/** The activities of the keeper and its queue. */
export interface OrganizationKeeperActivities {
  /**
   * Takes the next row: a running one, because the answer to the call that took it was lost, or else the oldest queued
   * one, which it marks as running. Null if no row is queued.
   */
  takeNextSync: Activity<'registry', { awsOrganizationId: string }, NextSync | null>;
  /** True if the organization is registered or work for it is queued, so its keeper must go on. */
  isOrganizationKept: Activity<'registry', { awsOrganizationId: string }, boolean>;
  /** Writes the end of a piece of work, after which the keeper may take the next one. Deletes all syncs but the last ten. */
  finishSync: Activity<'bulk', SyncEnding, void>;
}

/** The options of signal-with-start, with which every caller wakes the keeper. At most one runs; it may be started again after its end. */
export function organizationKeeperStart(awsOrganizationId: string, options: Pick<OrganizationKeeperInput, 'continueAfter'> = {}) {
  return {
    workflowType: organizationKeeperName,
    workflowId: organizationWorkflowId(awsOrganizationId),
    taskQueue,
    args: [{ awsOrganizationId, ...options }] as [OrganizationKeeperInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: organizationAttributes(awsOrganizationId),
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
