import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { and, asc, eq, inArray, isNull, lt } from 'drizzle-orm';
import { delegationRequests } from '../../db/schema/index.ts';
import { openDelegationPhases } from '../../domain/delegation/states.ts';
import { delegationOnboardingStart } from '../../workflows/contracts/delegation-onboarding.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/** Starts the workflows of requests whose API process died between its commit and the start (S8). */
export const startDelegationRequests: ReconcilerJob = {
  name: 'start-delegation-requests',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, delegationRequests, {
      where: and(
        isNull(delegationRequests.workflowStartedAt),
        eq(delegationRequests.generation, 1),
        inArray(delegationRequests.phase, openDelegationPhases),
        lt(delegationRequests.createdAt, new Date(Date.now() - graceMs)),
      ),
      orderBy: asc(delegationRequests.createdAt),
      claimMs,
    });
    await handleEach(
      rows,
      ({ id }) => ({ requestId: id }),
      async (row) => {
        const { workflowType, ...start } = delegationOnboardingStart(row);
        try {
          await client.workflow.start(workflowType, start);
          logger.info({ requestId: row.id }, 'started the workflow of a request that had none');
        } catch (error) {
          // The run has already ended.
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
        await db.update(delegationRequests).set({ workflowStartedAt: new Date() }).where(eq(delegationRequests.id, row.id));
      },
    );
  },
};
