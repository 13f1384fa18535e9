import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { and, asc, eq, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { delegationRequests, idempotencyKeys, notificationInbox } from '../../db/schema/index.ts';
import { deliver, type NotificationDependencies } from '../../notifications/accept.ts';
import { delegationOnboardingStart } from '../../workflows/contracts/delegation-onboarding.ts';
import { describeError } from '../describe-error.ts';
import { claimRows } from './claim-rows.ts';
import { endIdleKeepers } from './end-idle-keepers.ts';
import { endOrphanedHolds } from './end-orphaned-holds.ts';
import { eraseExpired } from './erase-expired.ts';
import { recheckLateMembers } from './recheck-late-members.ts';
import { restartKeepers } from './restart-keepers.ts';
import { reconcileSchedules } from './schedules.ts';
import { startPreviews } from './start-previews.ts';
import { wakeKeepers } from './wake-keepers.ts';

export interface ReconcilerOptions {
  client: Client;
  dependencies: NotificationDependencies;
  logger: Logger;
  signal: AbortSignal;
  /** Milliseconds between two rounds. */
  everyMs: number;
  /** How old something must be before it counts as left behind, in milliseconds. */
  graceMs?: number;
}

const livePhases = ['requested', 'deploying', 'verifying'] as const;

/**
 * Picks up what a process that died has left behind: rows whose workflow was never started, notifications that were
 * never signalled, secrets that have served. Every worker runs one; rows are claimed, so that they share the work.
 */
export async function runReconciler(options: ReconcilerOptions): Promise<void> {
  const { logger, signal, everyMs } = options;
  while (!signal.aborted) {
    try {
      await reconcile(options);
    } catch (error) {
      logger.warn({ fault: describeError(error) }, 'a reconciler round failed; the next one tries again');
    }
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** One round. */
export async function reconcile(options: Omit<ReconcilerOptions, 'signal' | 'everyMs'>): Promise<void> {
  await startOrphans(options);
  await deliverForgotten(options);
  await eraseServed(options);
  const { client, dependencies, logger, graceMs = 15_000 } = options;
  await wakeKeepers(client, dependencies.db, logger, graceMs);
  await restartKeepers(client, dependencies.db, logger, graceMs);
  await startPreviews(client, dependencies.db, logger, graceMs);
  await recheckLateMembers(client, dependencies.db, logger);
  await eraseExpired(dependencies.db);
  await endOrphanedHolds(client, dependencies.db, logger);
  await endIdleKeepers(client, dependencies.db, logger);
  await reconcileSchedules(client, dependencies.db, logger);
}

async function startOrphans({
  client,
  dependencies: { db },
  logger,
  graceMs = 15_000,
}: Omit<ReconcilerOptions, 'signal' | 'everyMs'>): Promise<void> {
  const rows = await claimRows(db, delegationRequests, {
    where: and(
      isNull(delegationRequests.workflowStartedAt),
      inArray(delegationRequests.phase, [...livePhases]),
      lt(delegationRequests.createdAt, new Date(Date.now() - graceMs)),
    ),
  });
  for (const row of rows) {
    const { workflowType, ...start } = delegationOnboardingStart(row);
    try {
      await client.workflow.start(workflowType, start);
      logger.info({ requestId: row.id }, 'started the workflow of a request that had none');
    } catch (error) {
      // It ran and ended already: there is nothing to start.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    await db.update(delegationRequests).set({ workflowStartedAt: new Date() }).where(eq(delegationRequests.id, row.id));
  }
}

async function deliverForgotten({ dependencies, logger, graceMs = 15_000 }: Omit<ReconcilerOptions, 'signal' | 'everyMs'>): Promise<void> {
  const { db } = dependencies;
  const rows = await claimRows(db, notificationInbox, {
    where: and(eq(notificationInbox.status, 'received'), lt(notificationInbox.receivedAt, new Date(Date.now() - graceMs))),
    // What could not be delivered before goes behind what nobody has tried yet.
    orderBy: [sql`${notificationInbox.claimedUntil} nulls first`, asc(notificationInbox.receivedAt)],
  });
  for (const row of rows) {
    const acceptance = await deliver(dependencies, row);
    logger.info({ messageId: row.messageId, acceptance }, 'took up a notification that had not been signalled');
  }
}

/** Tokens of requests that have ended or that no longer open anything, and answers that nobody asks for again. */
async function eraseServed({ dependencies: { db } }: Omit<ReconcilerOptions, 'signal' | 'everyMs'>): Promise<void> {
  const ended = db
    .select({ id: delegationRequests.id })
    .from(delegationRequests)
    .where(notInArray(delegationRequests.phase, [...livePhases]));
  await db
    .update(notificationInbox)
    .set({ sealedToken: null, tokenKeyId: null })
    .where(
      and(
        isNotNull(notificationInbox.sealedToken),
        or(inArray(notificationInbox.requestId, ended), lt(notificationInbox.tokenExpiresAt, sql`now() - interval '1 day'`)),
      ),
    );
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.expiresAt, new Date()));
}
