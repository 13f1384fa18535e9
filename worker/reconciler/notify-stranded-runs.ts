import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { JobContext } from './job.ts';

/** Runs that may be waiting for nothing. */
export interface StrandedRuns {
  /** Finds the candidates among all runs. */
  query: string;
  /** The workflow ids of those that still wait for something. Asked after the runs: what began since is among them. */
  wanted(): Promise<ReadonlySet<string>>;
  /** Tells one of the others, by a signal. */
  notify(run: WorkflowHandle): Promise<void>;
  /** Logged for each run that was notified. */
  message: string;
}

/** Tells runs that nothing is to come for them, because whoever should have told them could not. */
export async function notifyStrandedRuns(
  { client, logger, handleEach }: JobContext,
  { query, wanted, notify, message }: StrandedRuns,
): Promise<void> {
  const found: { workflowId: string }[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) found.push({ workflowId });
  if (found.length === 0) return;
  const kept = await wanted();
  const stranded = found.filter(({ workflowId }) => !kept.has(workflowId));
  await handleEach(
    stranded,
    (run) => run,
    async ({ workflowId }) => {
      try {
        await notify(client.workflow.getHandle(workflowId));
        logger.info({ workflowId }, message);
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  );
}
