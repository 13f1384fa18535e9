import { setTimeout as delay } from 'node:timers/promises';
import { checkUnmanagedClouds } from './check-unmanaged-clouds.ts';
import { deliverNotifications } from './deliver-notifications.ts';
import { endAcknowledgements } from './end-acknowledgements.ts';
import { endIdleKeepers } from './end-idle-keepers.ts';
import { endOrphanedHolds } from './end-orphaned-holds.ts';
import { endOrphanedRequests } from './end-orphaned-requests.ts';
import { eraseExchangeTokens } from './erase-exchange-tokens.ts';
import { eraseExpiredCredentials } from './erase-expired-credentials.ts';
import { eraseExpiredPreviews } from './erase-expired-previews.ts';
import { eraseIdempotencyKeys } from './erase-idempotency-keys.ts';
import { forgetClouds } from './forget-clouds.ts';
import type { ReconcilerJob } from './job.ts';
import { recheckLateMembers } from './recheck-late-members.ts';
import { recoverDelegationRequests } from './recover-delegation-requests.ts';
import { recoverHolds } from './recover-holds.ts';
import { recoverPreviews } from './recover-previews.ts';
import { recoverRechecks } from './recover-rechecks.ts';
import { removeOrphanedSchedules } from './remove-orphaned-schedules.ts';
import { restartKeepers } from './restart-keepers.ts';
import { runJob, type JobOptions } from './run-job.ts';
import { startCleanUps } from './start-clean-ups.ts';
import { startDelegationRequests } from './start-delegation-requests.ts';
import { startPreviews } from './start-previews.ts';
import { updateSchedules } from './update-schedules.ts';
import { wakeKeepers } from './wake-keepers.ts';

/**
 * The jobs in the order of a round. A new run of a request precedes the delivery of its messages. Previews precede credentials,
 * because erasing a preview frees the credentials that it used.
 */
export const reconcilerJobs: readonly ReconcilerJob[] = [
  startDelegationRequests,
  recoverDelegationRequests,
  deliverNotifications,
  startCleanUps,
  endOrphanedRequests,
  eraseExchangeTokens,
  eraseIdempotencyKeys,
  wakeKeepers,
  restartKeepers,
  startPreviews,
  recoverPreviews,
  recoverHolds,
  recoverRechecks,
  recheckLateMembers,
  checkUnmanagedClouds,
  eraseExpiredPreviews,
  eraseExpiredCredentials,
  forgetClouds,
  endAcknowledgements,
  endOrphanedHolds,
  endIdleKeepers,
  updateSchedules,
  removeOrphanedSchedules,
];

export interface ReconcilerOptions extends Omit<JobOptions, 'claimMs'> {
  signal: AbortSignal;
  /** Milliseconds between the end of a round and the start of the next. */
  intervalMs: number;
}

const maxClaimMs = 60_000;

/**
 * Repairs the state that dead processes left behind, such as rows without a workflow and notifications without a signal, and
 * erases expired data. Runs until the signal aborts. Every worker runs a reconciler; claims on rows share out the work.
 */
export async function runReconciler({ signal, intervalMs, ...options }: ReconcilerOptions): Promise<void> {
  // The next round may retry a failed row. Rows of a dead worker are free in time for S8.
  const claimMs = Math.min(intervalMs, maxClaimMs);
  while (!signal.aborted) {
    await reconcile({ ...options, claimMs }, signal);
    await delay(intervalMs, undefined, { signal }).catch(() => {});
  }
}

/** Runs every job once, even if others fail, unless the signal aborts. Never rejects. */
export async function reconcile(options: JobOptions, signal: AbortSignal): Promise<void> {
  for (const job of reconcilerJobs) {
    if (signal.aborted) return;
    await runJob(job, options);
  }
}
