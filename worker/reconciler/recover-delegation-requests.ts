import { and, asc, eq, gt, inArray, isNotNull, lt, or } from 'drizzle-orm';
import { closeWithoutRun } from '../../db/delegation/close-without-run.ts';
import { writeAudit } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import type { DelegationRequestRow } from '../../db/schema/rows.ts';
import { appendTimeline } from '../../db/timeline.ts';
import { openDelegationPhases } from '../../domain/delegation/states.ts';
import { delegationOnboardingRestart, delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { reconcilerActor } from './actor.ts';
import { claimRows } from './claim-rows.ts';
import { describeRun } from './describe-run.ts';
import type { JobContext, ReconcilerJob } from './job.ts';

/** Requests per round. A round asks Temporal for each, ten at a time, in a few milliseconds each. */
const maxRows = 1_000;

/** A run that failed this often has a defect that another run would meet again. */
const maxGenerations = 10;

/**
 * Gives every open request a run (S8). A request whose run Temporal does not know any more, has restored from an older
 * backup, or shows as closed, gets a new run. A request whose run a person terminated is closed instead: people terminate
 * what misbehaves.
 */
export const recoverDelegationRequests: ReconcilerJob = {
  name: 'recover-delegation-requests',
  async run(context) {
    const { db, graceMs, claimMs, handleEach } = context;
    const rows = await claimRows(db, delegationRequests, {
      where: and(
        inArray(delegationRequests.phase, openDelegationPhases),
        // The job start-delegation-requests starts the first run of a row without one.
        or(isNotNull(delegationRequests.workflowStartedAt), gt(delegationRequests.generation, 1)),
        lt(delegationRequests.createdAt, new Date(Date.now() - graceMs)),
      ),
      orderBy: asc(delegationRequests.createdAt),
      claimMs,
      maxRows,
    });
    await handleEach(rows, requestFields, (row) => recover(context, row));
  },
};

const requestFields = ({ id }: DelegationRequestRow) => ({ requestId: id });

async function recover(context: JobContext, row: DelegationRequestRow): Promise<void> {
  const { client, db, logger } = context;
  const run = await describeRun(client, delegationWorkflowId(row.id));
  if (run?.status.name === 'TERMINATED') {
    const message =
      "An operator terminated the request's run in Temporal. The request at AWS cannot be withdrawn. To start again, resend the request.";
    if (await closeWithoutRun(db, row, { phase: 'failed', code: 'interrupted', message, actor: reconcilerActor })) {
      logger.warn(requestFields(row), 'closed a request whose run was terminated');
    }
    return;
  }
  const reason = reasonToRecover(row, run);
  if (reason === null) return;
  if (row.generation >= maxGenerations) {
    const message = `Muster started ${maxGenerations} runs for this request, and each ended early. The worker's log has the fault. Send the request again.`;
    await closeWithoutRun(db, row, { phase: 'failed', code: 'internal_error', message, actor: reconcilerActor });
    return;
  }
  await takeUp(context, row, reason);
}

/** Why the request needs a new run; null if its run goes on. */
function reasonToRecover(row: DelegationRequestRow, run: Awaited<ReturnType<typeof describeRun>>): string | null {
  if (run === null) return 'Temporal does not know the run of this request any more';
  if (run.status.name !== 'RUNNING')
    return `The run of this request ended in Temporal as ${run.status.name}, and the request is still open`;
  if (run.historyLength < row.runHistoryLength) return 'Temporal has an older state of the run than this request';
  // A process ended after it raised the generation, and before it marked the start of the new run.
  return row.workflowStartedAt === null ? 'The start of a new run was interrupted' : null;
}

/**
 * Starts a new run that reads the row and all messages of AWS again. An older run that is left in Temporal is terminated.
 * A process that ends in between leaves the row unmarked, and the next round restarts it.
 */
async function takeUp({ client, db, logger }: JobContext, row: DelegationRequestRow, reason: string): Promise<void> {
  const generation = await raiseGeneration(db, row, reason);
  if (generation === null) return;
  const { workflowType, ...start } = delegationOnboardingRestart({ ...row, generation });
  await client.workflow.start(workflowType, start);
  await db.transaction(async (tx) => {
    await tx
      .update(delegationRequests)
      .set({ workflowStartedAt: new Date() })
      .where(and(eq(delegationRequests.id, row.id), eq(delegationRequests.generation, generation)));
    // The messages went to the lost run. The job deliver-notifications signals them again; a run ignores repeats.
    await tx
      .update(notificationInbox)
      .set({ status: 'received', handledAt: null, claimedUntil: null })
      .where(and(eq(notificationInbox.requestId, row.id), eq(notificationInbox.status, 'signalled')));
  });
  logger.warn({ ...requestFields(row), generation, reason }, 'started a new run for a request');
}

/** The generation of the new run; null if the request has ended, or has another new run, in between. */
async function raiseGeneration(db: Database, row: DelegationRequestRow, reason: string): Promise<number | null> {
  return await db.transaction(async (tx) => {
    const generation = row.generation + 1;
    const [raised] = await tx
      .update(delegationRequests)
      .set({ generation, workflowStartedAt: null, runHistoryLength: 0, runWroteAt: null, updatedAt: new Date() })
      .where(
        and(
          eq(delegationRequests.id, row.id),
          eq(delegationRequests.generation, row.generation),
          inArray(delegationRequests.phase, openDelegationPhases),
        ),
      )
      .returning({ id: delegationRequests.id });
    if (!raised) return null;
    await appendTimeline(tx, row.id, [
      {
        key: `taken-up/${generation}`,
        at: new Date().toISOString(),
        type: 'taken_up',
        message: `${reason}. Muster started a new run, which continues from what is recorded here.`,
        detail: { generation },
      },
    ]);
    await writeAudit(tx, {
      actor: reconcilerActor,
      action: 'delegation_request.taken_up',
      target: { type: 'delegation_request', id: row.id },
      detail: { generation, reason },
    });
    return generation;
  });
}
