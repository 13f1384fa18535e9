import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import { markSignalled } from '../../db/organizations/mark-signalled.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { snapshotPreviewStart } from '../../workflows/contracts/organization-sync.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/**
 * Starts previews of older snapshots whose API process died before it could start them (O16). Only these previews apply
 * without a mark: a preview that lists is queued first, and its keeper marks it.
 */
export const startPreviews: ReconcilerJob = {
  name: 'start-previews',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, syncs, {
      where: and(
        eq(syncs.kind, 'preview'),
        eq(syncs.phase, 'applying'),
        isNull(syncs.signalledAt),
        lt(syncs.createdAt, new Date(Date.now() - graceMs)),
      ),
      orderBy: asc(syncs.createdAt),
      claimMs,
    });
    const fields = ({ id, awsOrganizationId }: SyncRow) => ({ syncId: id, awsOrganizationId });
    await handleEach(rows, fields, async (row) => {
      const { workflowType, ...start } = snapshotPreviewStart(fields(row));
      try {
        await client.workflow.start(workflowType, start);
        logger.info(fields(row), 'started a preview that had no run');
      } catch (error) {
        // The run has already ended.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      await markSignalled(db, row.id);
    });
  },
};
