import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { clouds } from '../../db/schema/index.ts';
import { cloudRecheckStart } from '../../workflows/contracts/cloud-recheck.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/** Maximum of checks that one round starts, which paces the calls to AWS: 36,000 in 12 hours with a round per minute. */
export const maxChecksPerRound = 50;
/** Pause between two checks of a cloud whose check had no outcome. */
const retryMinutes = 10;

/**
 * Starts a check of each cloud that no organization manages: at once if it has no outcome yet, as after the return of its own
 * credentials (O11), and on a schedule (C4). No sync checks these clouds.
 */
export const checkUnmanagedClouds: ReconcilerJob = {
  name: 'check-unmanaged-clouds',
  async run({ client, db, claimMs, cloudCheckMs, handleEach }) {
    const isDue = or(
      eq(clouds.status, 'pending'),
      isNull(clouds.lastCheckedAt),
      lt(clouds.lastCheckedAt, new Date(Date.now() - cloudCheckMs)),
    );
    const rows = await claimRows(db, clouds, {
      where: and(eq(clouds.managed, false), isDue),
      orderBy: sql`${clouds.lastCheckedAt} nulls first`,
      claimMs,
      maxRows: maxChecksPerRound,
    });
    await handleEach(
      rows,
      ({ id, accountId }) => ({ cloudId: id, accountId }),
      async (row) => {
        const { workflowType, ...start } = cloudRecheckStart(row, 'join');
        await client.workflow.start(workflowType, start);
        await db
          .update(clouds)
          .set({ claimedUntil: sql`now() + make_interval(mins => ${retryMinutes})` })
          .where(eq(clouds.id, row.id));
      },
    );
  },
};
