import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HeldRemovalsState } from '../../domain/organizations/sync.ts';

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

export const removalHoldWaits = 30 * 24 * 3_600_000;

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
