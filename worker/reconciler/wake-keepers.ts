import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/** Wakes keepers for queued work whose process died before it could signal them (O9, O19). */
export const wakeKeepers: ReconcilerJob = {
  name: 'wake-keepers',
  async run({ client, db, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, syncs, {
      where: and(isNull(syncs.signalledAt), eq(syncs.phase, 'queued'), lt(syncs.createdAt, new Date(Date.now() - graceMs))),
      orderBy: asc(syncs.createdAt),
      claimMs,
    });
    const fields = ({ id, awsOrganizationId }: SyncRow) => ({ syncId: id, awsOrganizationId });
    await handleEach(rows, fields, async (row) => {
      await wakeKeeper(client, db, row);
      logger.info(fields(row), 'woke a keeper for work that had not been signalled');
    });
  },
};
