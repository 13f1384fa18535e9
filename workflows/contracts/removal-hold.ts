import { WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate, ParentClosePolicy } from '@temporalio/workflow';
import type { HeldRemovalsState } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import { pieceOfWork } from './organization-work.ts';

/**
 * The registered name. The workflow holds the removals of one sync until a person answers, a newer complete sync
 * supersedes them, or the timeout ends (O17). The held removals are rows of `sync_accounts`. A confirmation covers exactly
 * these rows, and each is compared with the newest complete listing before its cloud is removed.
 */
export const removalHoldName = 'removalHold';

export function removalHoldWorkflowId(syncId: string): string {
  return `removal-hold/${syncId}`;
}

export interface RemovalHoldInput {
  syncId: string;
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /** How many removals are held. */
  count: number;
  /** The highest account number of the sync. */
  lastNumber: number;
  /** The units of the scope that the organization no longer has, as text; absent if there are none. */
  missingUnits?: string;
  /** How long the hold waits for an answer, in milliseconds. */
  waits?: number;
}

/** The timeout of a hold, unless its input names another: 30 days. */
export const removalHoldTimeoutMs = 30 * 24 * 3_600_000;

export interface RemovalHoldResult {
  state: Exclude<HeldRemovalsState, 'waiting'>;
  removed: number;
}

export interface RemovalHoldState {
  syncId: string;
  state: HeldRemovalsState;
  count: number;
  waitingFor: string;
}

/** A person's answer, from the API or typed in the Temporal UI. */
export interface RemovalsAnswer {
  confirm: boolean;
  /** The person who answers, for the audit trail. */
  by: string;
}

/** Answers a hold. It fails with `holdEndedFailure` after the hold has ended. */
export const confirmRemovals = defineUpdate<{ state: HeldRemovalsState }, [RemovalsAnswer]>('confirmRemovals');
/** Ends a hold because a newer complete sync has made a new plan. `bySyncId` is null if the organization is gone. */
export const removalsSuperseded = defineSignal<[{ bySyncId: string | null }]>('superseded');
export const removalHoldQuery = defineQuery<RemovalHoldState>('state');

/** The type of the failure of a late answer. Its first detail is the state of the removals. */
export const holdEndedFailure = 'HoldEnded';

/** The state of held removals after their hold has ended. */
export type EndedHeldRemovals = Exclude<HeldRemovalsState, 'waiting'>;

/** The end that a hold gets. */
export interface HeldRemovalsEnding {
  syncId: string;
  state: EndedHeldRemovals;
  /** The person who answered; null if the hold ended without an answer. */
  by: string | null;
}

/** The activities of a hold. The hold also calls removeClouds of the sync. */
export interface RemovalHoldActivities {
  /**
   * Ends a hold and returns its end. A hold that has ended keeps its first end. A confirmation becomes `superseded` if the
   * organization's scope has changed since the plan, or if the sync is gone.
   */
  endHeldRemovals: Activity<'registry', HeldRemovalsEnding, { state: EndedHeldRemovals }>;
}

/** The options with which a sync starts a hold. The hold outlives the sync. */
export function removalHoldChild(input: RemovalHoldInput) {
  return {
    ...pieceOfWork(removalHoldName, removalHoldWorkflowId(input.syncId), input, 'held'),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Hold the removal of ${input.count} clouds of ${input.awsOrganizationId} until a person answers`,
    staticDetails: `To list the clouds: GET /v1/syncs/${input.syncId}/accounts?change=remove. To answer: send the update confirmRemovals, {"confirm": true or false, "by": "your name"}, or POST /v1/syncs/${input.syncId}/confirm-removals.`,
  };
}

/** The options with which the reconciler starts a hold again whose run is lost. */
export function removalHoldRestart(input: RemovalHoldInput) {
  const { parentClosePolicy: _onlyForChildren, ...start } = removalHoldChild(input);
  return { ...start, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE };
}
