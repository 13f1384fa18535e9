import { and, asc, eq, isNotNull, lt } from 'drizzle-orm';
import { finishSync } from '../../activities/organization-keeper/finish-sync.ts';
import { syncs } from '../../db/schema/index.ts';
import { organizationSyncWorkflowId } from '../../workflows/contracts/organization-sync.ts';
import { claimRows } from './claim-rows.ts';
import { describeRun } from './describe-run.ts';
import type { ReconcilerJob } from './job.ts';

/**
 * Ends previews whose run is gone after they left the keeper's queue (S8): the run was terminated, or Temporal lost it. A
 * preview changes nothing, so a caller requests another one.
 */
export const recoverPreviews: ReconcilerJob = {
  name: 'recover-previews',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, syncs, {
      where: and(
        eq(syncs.kind, 'preview'),
        eq(syncs.phase, 'applying'),
        isNotNull(syncs.signalledAt),
        lt(syncs.createdAt, new Date(Date.now() - graceMs)),
      ),
      orderBy: asc(syncs.createdAt),
      claimMs,
    });
    await handleEach(
      rows,
      ({ id, awsOrganizationId }) => ({ syncId: id, awsOrganizationId }),
      async ({ id, awsOrganizationId }) => {
        const run = await describeRun(client, organizationSyncWorkflowId(id));
        if (run?.status.name === 'RUNNING') return;
        // A run that has just ended has written its end, which stays.
        const message = "The preview's run was stopped before the preview was ready. Request another preview.";
        await finishSync(db, { syncId: id, phase: 'failed', failure: { code: 'interrupted', message } });
        logger.warn({ syncId: id, awsOrganizationId }, 'ended a preview that had no run any more');
      },
    );
  },
};
