import { and, asc, isNotNull, lt } from 'drizzle-orm';
import { endRecheck } from '../../db/clouds/end-recheck.ts';
import { clouds } from '../../db/schema/index.ts';
import { cloudRecheckStart, cloudRecheckWorkflowId } from '../../workflows/contracts/cloud-recheck.ts';
import { claimRows } from './claim-rows.ts';
import { describeRun } from './describe-run.ts';
import type { ReconcilerJob } from './job.ts';

/**
 * Starts requested checks of clouds again whose run Temporal lost (S8). A check that ended since the request, or that an
 * operator terminated, is not repeated.
 */
export const recoverRechecks: ReconcilerJob = {
  name: 'recover-rechecks',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, clouds, {
      where: and(isNotNull(clouds.recheckRequestedAt), lt(clouds.recheckRequestedAt, new Date(Date.now() - graceMs))),
      orderBy: asc(clouds.recheckRequestedAt),
      claimMs,
    });
    await handleEach(
      rows,
      ({ id, accountId }) => ({ cloudId: id, accountId }),
      async (row) => {
        const run = await describeRun(client, cloudRecheckWorkflowId(row.id));
        if (run?.status.name === 'RUNNING') return;
        const requestedAt = row.recheckRequestedAt!;
        if (run?.closeTime && run.closeTime >= requestedAt) return await endRecheck(db, row.id, run.closeTime);
        const { workflowType, ...start } = cloudRecheckStart(row, 'join');
        await client.workflow.start(workflowType, start);
        logger.info({ cloudId: row.id }, 'started a requested check again that had no run');
      },
    );
  },
};
