import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import { snapshotPreviewStart } from '../../workflows/contracts/organization-sync.ts';
import { claimRows } from './claim-rows.ts';

/**
 * Starts previews by older snapshots whose API process died before it could (O16). They are the previews that apply
 * without anybody having been told: one that lists is queued first, and marked when its keeper takes it.
 */
export async function startPreviews(client: Client, db: Database, logger: Logger, graceMs: number): Promise<void> {
  const rows = await claimRows(db, syncs, {
    where: and(
      eq(syncs.kind, 'preview'),
      eq(syncs.phase, 'applying'),
      isNull(syncs.signalledAt),
      lt(syncs.createdAt, new Date(Date.now() - graceMs)),
    ),
    orderBy: [asc(syncs.createdAt)],
  });
  for (const { id: syncId, awsOrganizationId } of rows) {
    const { workflowType, ...start } = snapshotPreviewStart({ syncId, awsOrganizationId });
    try {
      await client.workflow.start(workflowType, start);
      logger.info({ syncId, awsOrganizationId }, 'started a preview that had no run');
    } catch (error) {
      // It ran and ended already: there is nothing to start.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    await db.update(syncs).set({ signalledAt: new Date() }).where(eq(syncs.id, syncId));
  }
}
