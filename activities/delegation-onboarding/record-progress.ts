import { and, eq, inArray } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { isDatabaseError } from '../../db/errors.ts';
import { delegationRequests } from '../../db/schema/index.ts';
import { appendTimeline } from '../../db/timeline.ts';
import { openDelegationPhases } from '../../domain/delegation/states.ts';
import type { DelegationRequestChange, RecordProgressInput } from '../../workflows/contracts/delegation-onboarding.ts';
import type { DelegationRequestRow } from '../../db/schema/rows.ts';
import { databaseFailure } from '../failures.ts';
import { lockOwnRequest, supersededByNewerRun } from './require-ownership.ts';

/**
 * Writes changes of a request and its timeline in one transaction, for the run that owns the request. `scheduledAt` is when
 * the run scheduled the write; null for a write of another activity of that run.
 */
export async function recordProgress(db: Database, input: RecordProgressInput, scheduledAt: Date | null = null): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      const request = await lockOwnRequest(tx, input);
      if (scheduledAt !== null && input.historyLength !== undefined) {
        await movePosition(tx, request, { historyLength: input.historyLength, scheduledAt });
      }
      await writeProgress(tx, input);
    });
  } catch (error) {
    // A connection that cannot be opened has the same error for the database and for AWS. It must not look like an AWS error.
    throw isDatabaseError(error) ? databaseFailure(error, `The progress of the request ${input.requestId} was not written`) : error;
  }
}

/**
 * Remembers how far the run is. A run that Temporal restored from a backup is behind the row, and is refused: the row is
 * the truth (S8). A retried write has the same position and the same time.
 */
async function movePosition(
  tx: Transaction,
  { id, runHistoryLength, runWroteAt }: DelegationRequestRow,
  { historyLength, scheduledAt }: { historyLength: number; scheduledAt: Date },
): Promise<void> {
  const isRetry = historyLength === runHistoryLength && runWroteAt?.getTime() === scheduledAt.getTime();
  if (historyLength <= runHistoryLength && !isRetry) throw supersededByNewerRun(id);
  await tx
    .update(delegationRequests)
    .set({ runHistoryLength: historyLength, runWroteAt: scheduledAt })
    .where(eq(delegationRequests.id, id));
}

/** Writes them in the caller's transaction. A request that has ended keeps its end; only its timeline grows. */
export async function writeProgress(tx: Transaction, { requestId, change, timeline }: RecordProgressInput): Promise<void> {
  if (change && Object.keys(change).length > 0) {
    await tx
      .update(delegationRequests)
      .set({ ...columnsOf(change), updatedAt: new Date() })
      .where(and(eq(delegationRequests.id, requestId), inArray(delegationRequests.phase, openDelegationPhases)));
  }
  await appendTimeline(tx, requestId, timeline ?? []);
}

function columnsOf(change: DelegationRequestChange): Partial<typeof delegationRequests.$inferInsert> {
  const { failure, stack, expiresAt, ...same } = change;
  return {
    ...same,
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
    ...(failure ? { failureCode: failure.code, failureMessage: failure.message } : {}),
    ...(stack ? { stackName: stack.name, stackStatus: stack.status, ...(stack.id ? { stackId: stack.id } : {}) } : {}),
  };
}
