import { and, asc, eq, inArray, isNotNull, lt, ne, or } from 'drizzle-orm';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import { autoBadgingWorkflowId } from '../../workflows/contracts/auto-badging.ts';
import { organizationWorkflowId } from '../../workflows/contracts/organization-keeper.ts';
import { organizationSyncWorkflowId } from '../../workflows/contracts/organization-sync.ts';
import { claimRows } from './claim-rows.ts';
import { describeRun } from './describe-run.ts';
import type { JobContext, ReconcilerJob } from './job.ts';

/**
 * Starts keepers again that were terminated, cancelled, failed or lost before their work was done (O19), and wakes keepers
 * that do not know of it: Temporal or the database was restored from a backup (S8). Without this, the work would wait for the
 * next request.
 */
export const restartKeepers: ReconcilerJob = {
  name: 'restart-keepers',
  async run(context) {
    const { client, db, logger, graceMs, claimMs, handleEach } = context;
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
    // A running row says most: its run must be there.
    const runningLast = rows.toSorted((a, b) => Number(a.phase !== 'queued') - Number(b.phase !== 'queued'));
    const byOrganization = new Map(runningLast.map((row) => [row.awsOrganizationId, row]));
    const fields = ({ id, awsOrganizationId }: SyncRow) => ({ syncId: id, awsOrganizationId });
    await handleEach([...byOrganization.values()], fields, async (row) => {
      const keeper = await describeRun(client, organizationWorkflowId(row.awsOrganizationId));
      if (keeper?.status.name === 'RUNNING' && (await isServed(context, row))) return;
      await wakeKeeper(client, db, row);
      logger.warn(fields(row), 'woke a keeper that had ended before its work, or did not know of it');
    });
  },
};

/** True if a run of the organization works, or if the keeper has queued work before it that runs. */
async function isServed({ client, db }: JobContext, { awsOrganizationId, phase, id, kind }: SyncRow): Promise<boolean> {
  if (phase === 'queued') return await hasRunningWork(db, awsOrganizationId);
  const workflowId = kind === 'badging' ? autoBadgingWorkflowId(id) : organizationSyncWorkflowId(id);
  return (await describeRun(client, workflowId))?.status.name === 'RUNNING';
}

async function hasRunningWork(db: Database, awsOrganizationId: string): Promise<boolean> {
  const running = and(eq(syncs.awsOrganizationId, awsOrganizationId), inArray(syncs.phase, openSyncPhases), ne(syncs.phase, 'queued'));
  const [row] = await db.select({ id: syncs.id }).from(syncs).where(running).limit(1);
  return row !== undefined;
}
