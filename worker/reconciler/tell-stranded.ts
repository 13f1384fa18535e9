import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';

/** Runs that may be waiting for nothing. */
export interface StrandedRuns {
  /** Finds the candidates among all runs. */
  query: string;
  /** The workflow ids of those that still wait for something. Asked after the runs: what began since is among them. */
  wanted(): Promise<ReadonlySet<string>>;
  /** Tells one of the others, by a signal. */
  tell(run: WorkflowHandle): Promise<void>;
}

/** Tells runs that nothing is to come for them, because whoever should have told them could not. Answers whom it told. */
export async function tellStranded(client: Client, { query, wanted, tell }: StrandedRuns): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  if (found.length === 0) return [];
  const kept = await wanted();
  const told: string[] = [];
  for (const workflowId of found.filter((id) => !kept.has(id))) {
    try {
      await tell(client.workflow.getHandle(workflowId));
      told.push(workflowId);
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return told;
}
