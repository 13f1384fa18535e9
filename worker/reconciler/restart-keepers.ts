import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { and, asc, inArray, isNotNull, lt, ne, or } from 'drizzle-orm';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import { organizationWorkflowId } from '../../workflows/contracts/organization-keeper.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/**
 * Starts keepers again that were terminated, cancelled or failed before their work was done (O19). Without this, queued work
 * would wait for the next request.
 */
export const restartKeepers: ReconcilerJob = {
  name: 'restart-keepers',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, syncs, {
      where: and(
        inArray(syncs.phase, openSyncPhases),
        or(isNotNull(syncs.signalledAt), ne(syncs.phase, 'queued')),
        // A preview of an older snapshot runs beside the keeper, and is never queued or listing.
        or(ne(syncs.kind, 'preview'), inArray(syncs.phase, ['queued', 'listing'])),
        lt(syncs.createdAt, new Date(Date.now() - graceMs)),
      ),
      orderBy: asc(syncs.createdAt),
      claimMs,
    });
    const byOrganization = new Map(rows.map((row) => [row.awsOrganizationId, row]));
    const fields = ({ id, awsOrganizationId }: SyncRow) => ({ syncId: id, awsOrganizationId });
    await handleEach([...byOrganization.values()], fields, async (row) => {
      if (await isRunning(client, row.awsOrganizationId)) return;
      await wakeKeeper(client, db, row);
      logger.warn(fields(row), 'restarted a keeper that had ended before its work');
    });
  },
};

async function isRunning(client: Client, awsOrganizationId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(organizationWorkflowId(awsOrganizationId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
