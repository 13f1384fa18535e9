import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { and, asc, inArray, isNotNull, lt, ne, or, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import { organizationWorkflowId } from '../../workflows/contracts/organization-keeper.ts';
import { claimRows } from './claim-rows.ts';

/**
 * Starts keepers that ended before their work: they were told of it, and were terminated, cancelled, or failed (O19).
 * What waits with them would wait for the next request.
 */
export async function restartKeepers(client: Client, db: Database, logger: Logger, graceMs: number): Promise<void> {
  const rows = await claimRows(db, syncs, {
    where: and(
      inArray(syncs.phase, openSyncPhases),
      or(isNotNull(syncs.signalledAt), ne(syncs.phase, 'queued')),
      // A preview that goes by an older snapshot runs beside the keeper, and never lists.
      or(ne(syncs.kind, 'preview'), inArray(syncs.phase, ['queued', 'listing'])),
      lt(syncs.createdAt, new Date(Date.now() - graceMs)),
    ),
    // However much runs, each has its turn.
    orderBy: [sql`${syncs.claimedUntil} nulls first`, asc(syncs.createdAt)],
  });
  const oneOfEach = new Map(rows.map((row) => [row.awsOrganizationId, row]));
  for (const [awsOrganizationId, row] of oneOfEach) {
    if (await isRunning(client, awsOrganizationId)) continue;
    await wakeKeeper(client, db, row);
    logger.warn({ syncId: row.id, awsOrganizationId }, 'started a keeper again that had ended before its work');
  }
}

async function isRunning(client: Client, awsOrganizationId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(organizationWorkflowId(awsOrganizationId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
