import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/** Wakes the keepers of work that was asked for by a process that died before it could tell them (O9, O19). */
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
      logger.info(fields(row), 'woke the keeper of work that it had not been told of');
    });
  },
};
