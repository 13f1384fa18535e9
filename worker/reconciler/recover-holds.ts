import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { and, asc, eq, lt } from 'drizzle-orm';
import { endHeldRemovals } from '../../activities/organization-sync/removals/end-held-removals.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { removalHoldRestart, removalHoldTimeoutMs, removalHoldWorkflowId } from '../../workflows/contracts/removal-hold.ts';
import { claimRows } from './claim-rows.ts';
import { describeRun } from './describe-run.ts';
import type { JobContext, ReconcilerJob } from './job.ts';

/**
 * Gives every waiting hold of removals a run that takes the answer (S8). A hold that an operator terminated counts as
 * refused: nothing is removed, and the next complete sync plans the removals again.
 */
export const recoverHolds: ReconcilerJob = {
  name: 'recover-holds',
  async run(context) {
    const { db, graceMs, claimMs, handleEach } = context;
    const rows = await claimRows(db, syncs, {
      // The sync of a younger row may be about to start the hold.
      where: and(eq(syncs.heldRemovalsState, 'waiting'), lt(syncs.updatedAt, new Date(Date.now() - graceMs))),
      orderBy: asc(syncs.createdAt),
      claimMs,
    });
    await handleEach(rows, fields, (row) => recover(context, row));
  },
};

const fields = ({ id, awsOrganizationId }: SyncRow) => ({ syncId: id, awsOrganizationId });

async function recover({ client, db, logger }: JobContext, row: SyncRow): Promise<void> {
  const run = await describeRun(client, removalHoldWorkflowId(row.id));
  if (run?.status.name === 'RUNNING') return;
  if (run?.status.name === 'TERMINATED') {
    await endHeldRemovals(db, { syncId: row.id, state: 'refused', by: null });
    logger.warn(fields(row), 'refused held removals whose run was terminated');
    return;
  }
  const { workflowType, ...start } = removalHoldRestart({
    ...fields(row),
    count: row.heldRemovals ?? 0,
    lastNumber: row.lastAccountNumber,
    waits: Math.max(1_000, row.createdAt.getTime() + removalHoldTimeoutMs - Date.now()),
  });
  try {
    await client.workflow.start(workflowType, start);
    logger.warn(fields(row), 'started a new run for held removals');
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
