import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { JobContext } from './job.ts';

/** Runs of one kind, some of which may wait in vain. */
export interface StrandedRuns {
  /** Temporal's list filter for the runs. */
  query: string;
  /** The workflow ids of runs that still have a purpose. Called after the listing, so it includes runs that start in between. */
  needed(): Promise<ReadonlySet<string>>;
  /** Signals one of the other runs. */
  notify(run: WorkflowHandle): Promise<void>;
  /** Logged for each run that was notified. */
  message: string;
}

/** Notifies runs that wait in vain, in case the process that should have notified them could not. */
export async function notifyStrandedRuns(
  { client, logger, handleEach }: JobContext,
  { query, needed, notify, message }: StrandedRuns,
): Promise<void> {
  const found: { workflowId: string }[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) found.push({ workflowId });
  if (found.length === 0) return;
  const neededIds = await needed();
  const stranded = found.filter(({ workflowId }) => !neededIds.has(workflowId));
  await handleEach(
    stranded,
    (run) => run,
    async ({ workflowId }) => {
      try {
        await notify(client.workflow.getHandle(workflowId));
        logger.info({ workflowId }, message);
      } catch (error) {
        // The run has ended in between.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  );
}
