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
 * Starts keepers that ended before their work: they were told of it, and were terminated, cancelled, or failed (O19).
 * What waits with them would wait for the next request.
 */
export const restartKeepers: ReconcilerJob = {
  name: 'restart-keepers',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, syncs, {
      where: and(
        inArray(syncs.phase, openSyncPhases),
        or(isNotNull(syncs.signalledAt), ne(syncs.phase, 'queued')),
        // A preview that goes by an older snapshot runs beside the keeper, and never lists.
        or(ne(syncs.kind, 'preview'), inArray(syncs.phase, ['queued', 'listing'])),
        lt(syncs.createdAt, new Date(Date.now() - graceMs)),
      ),
      orderBy: asc(syncs.createdAt),
      claimMs,
    });
    const oneOfEach = new Map(rows.map((row) => [row.awsOrganizationId, row]));
    const fields = ({ id, awsOrganizationId }: SyncRow) => ({ syncId: id, awsOrganizationId });
    await handleEach([...oneOfEach.values()], fields, async (row) => {
      if (await isRunning(client, row.awsOrganizationId)) return;
      await wakeKeeper(client, db, row);
      logger.warn(fields(row), 'started a keeper again that had ended before its work');
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
