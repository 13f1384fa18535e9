import { defineQuery, defineSignal, defineUpdate, ParentClosePolicy } from '@temporalio/workflow';
import type { HeldRemovalsState } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import { pieceOfWork } from './organization-work.ts';

/**
 * Holds the removals of one sync until a person answers, the next complete sync supersedes them, or they are too old
 * (O17). What is held are the rows of `sync_accounts` with a removal: a yes is bound to exactly these, and each is
 * compared with the newest complete listing before it goes.
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
  /** How long an answer is waited for, in milliseconds. */
  waits?: number;
}

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

/** A person's answer, by API or typed in the Temporal UI. */
export interface RemovalsAnswer {
  confirm: boolean;
  /** Who answers, for the audit trail. */
  by: string;
}

/** A person's answer; refused once the hold has ended. */
export const confirmRemovals = defineUpdate<{ state: HeldRemovalsState }, [RemovalsAnswer]>('confirmRemovals');
/** A newer complete sync has decided anew; null where there is nothing left to decide on: the organization is gone. */
export const removalsSuperseded = defineSignal<[{ bySyncId: string | null }]>('superseded');
export const removalHoldQuery = defineQuery<RemovalHoldState>('state');

/** The failure type with which an answer that comes too late is refused; its first detail is the state. */
export const holdEndedFailure = 'HoldEnded';

export type EndedHeldRemovals = Exclude<HeldRemovalsState, 'waiting'>;

/** How a hold is to end. */
export interface HeldRemovalsEnding {
  syncId: string;
  state: EndedHeldRemovals;
  /** Null where nobody answered. */
  by: string | null;
}

/** The activities of a hold; it calls the sync's removeClouds, too. */
export interface RemovalHoldActivities {
  /**
   * Ends a hold that waits, and answers how it ended: one that has ended already keeps its end, and a yes to what was
   * planned under another scope is none (`superseded`, as when the sync is gone). `by` tells who answered.
   */
  endHeldRemovals: Activity<'registry', HeldRemovalsEnding, { state: EndedHeldRemovals }>;
}

/** How a sync leaves its removals behind: the hold outlives it. */
export function removalHoldChild(input: RemovalHoldInput) {
  return {
    ...pieceOfWork(removalHoldName, removalHoldWorkflowId(input.syncId), input, 'held'),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Hold ${input.count} removals of ${input.awsOrganizationId} until a person answers`,
    staticDetails: `To list the clouds: GET /v1/syncs/${input.syncId}/accounts?change=remove. To answer: send the update confirmRemovals, {"confirm": true or false, "by": "your name"}, or POST /v1/syncs/${input.syncId}/confirm-removals.`,
  };
}
