import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import { removalHoldName, removalHoldWorkflowId, removalsSuperseded } from '../../workflows/contracts/removal-hold.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';

/** What an operator finds as waiting for an answer. */
const waitingHolds = `WorkflowType = '${removalHoldName}' AND ExecutionStatus = 'Running' AND ${searchAttributes.phase.name} = 'held'`;

/**
 * Ends the holds that no answer can change any more (O17), because whoever should have told them could not: their sync is
 * gone with its organization, or a newer one has decided. One that is being answered just then goes by its row, not by this.
 */
export async function endOrphanedHolds(client: Client, db: Database, logger: Logger): Promise<void> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: waitingHolds })) found.push(workflowId);
  if (found.length === 0) return;
  const rows = await db.select({ id: syncs.id }).from(syncs).where(eq(syncs.heldRemovalsState, 'waiting'));
  const waiting = new Set(rows.map(({ id }) => removalHoldWorkflowId(id)));
  for (const workflowId of found.filter((id) => !waiting.has(id))) {
    try {
      await client.workflow.getHandle(workflowId).signal(removalsSuperseded, { bySyncId: null });
      logger.info({ workflowId }, 'ended a hold that no answer could change any more');
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
