import type { Client } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import { removalHoldName, removalHoldWorkflowId, removalsSuperseded } from '../../workflows/contracts/removal-hold.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { tellStranded } from './tell-stranded.ts';

/** What an operator finds as waiting for an answer. */
const waitingHolds = `WorkflowType = '${removalHoldName}' AND ExecutionStatus = 'Running' AND ${searchAttributes.phase.name} = 'held'`;

/**
 * Ends the holds that no answer can change any more (O17), because whoever should have told them could not: their sync is
 * gone with its organization, or a newer one has decided. One that is being answered just then goes by its row, not by this.
 */
export async function endOrphanedHolds(client: Client, db: Database, logger: Logger): Promise<void> {
  const told = await tellStranded(client, {
    query: waitingHolds,
    wanted: async () => {
      const rows = await db.select({ id: syncs.id }).from(syncs).where(eq(syncs.heldRemovalsState, 'waiting'));
      return new Set(rows.map(({ id }) => removalHoldWorkflowId(id)));
    },
    tell: (hold) => hold.signal(removalsSuperseded, { bySyncId: null }),
  });
  for (const workflowId of told) logger.info({ workflowId }, 'ended a hold that no answer could change any more');
}
