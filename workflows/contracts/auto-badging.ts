import { defineQuery } from '@temporalio/workflow';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { SyncPhase } from '../../domain/organizations/sync.ts';

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
