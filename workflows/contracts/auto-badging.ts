import { defineQuery } from '@temporalio/workflow';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { SyncPhase } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import { displayName, pieceOfWork } from './organization-work.ts';

/** The registered name. It runs both stages of auto-badging without a sync (B4, B5); its row in `syncs` has the kind `badging`. */
export const autoBadgingName = 'autoBadging';

export function autoBadgingWorkflowId(runId: string): string {
  return `auto-badging/${runId}`;
}

export interface AutoBadgingInput {
  /** The id of the run's row in `syncs`. */
  runId: string;
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /** The clouds that one transaction badges. */
  sliceSize?: number;
}

export interface AutoBadgingResult {
  phase: Extract<SyncPhase, 'completed' | 'failed' | 'cancelled'>;
  counts: BadgingCounts;
  failure: { code: string; message: string } | null;
}

export interface AutoBadgingProgress {
  runId: string;
  phase: SyncPhase;
  counts: BadgingCounts;
  waitingFor: string;
}

export const autoBadgingProgressQuery = defineQuery<AutoBadgingProgress>('progress');

/** The activities of auto-badging. The second stage is the sync's badgeSlice. */
export interface AutoBadgingActivities {
  /** Writes a row of the run for each cloud of the organization. */
  prepareBadging: Activity<'bulk', { syncId: string }, { lastNumber: number }>;
  /** Stage 1: reads the tags of the accounts that prepareBadging wrote. Heartbeats. */
  readTags: Activity<'sweep', { syncId: string }, void>;
}

/** The options with which the keeper starts auto-badging: the same as for a sync. */
export function autoBadgingChild(input: AutoBadgingInput, nickname: string | null) {
  return {
    ...pieceOfWork(autoBadgingName, autoBadgingWorkflowId(input.runId), input, 'badging'),
    staticSummary: `Badge the clouds of ${displayName(input.awsOrganizationId, nickname)}`,
  };
}
