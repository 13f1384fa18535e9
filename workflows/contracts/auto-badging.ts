import { defineQuery } from '@temporalio/workflow';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { SyncPhase } from '../../domain/organizations/sync.ts';
import type { Activity } from './activity.ts';
import { nameOf, pieceOfWork } from './organization-work.ts';

/** Both stages of auto-badging, without a sync (B4, B5). Its run is a row of `syncs` of kind `badging`. */
export const autoBadgingName = 'autoBadging';

export function autoBadgingWorkflowId(runId: string): string {
  return `auto-badging/${runId}`;
}

export interface AutoBadgingInput {
  /** The id of the run's row in `syncs`. */
  runId: string;
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /** Clouds in one slice: one transaction. */
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

/** The activities of auto-badging. */
export interface AutoBadgingActivities {
  /** Fills a badging run's rows with the organization's clouds. */
  prepareBadging: Activity<'bulk', { syncId: string }, { lastNumber: number }>;
  /** Stage 1 of auto-badging: the tags of the accounts of a run that prepareBadging made. Heartbeats. */
  readTags: Activity<'sweep', { syncId: string }, void>;
}

/** How the keeper starts auto-badging; as a sync. */
export function autoBadgingChild(input: AutoBadgingInput, nickname: string | null) {
  return {
    ...pieceOfWork(autoBadgingName, autoBadgingWorkflowId(input.runId), input, 'badging'),
    staticSummary: `Badge the clouds of ${nameOf(input.awsOrganizationId, nickname)}`,
  };
}
