import type { Client } from '@temporalio/client';
import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import type { Logger } from 'pino';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import { claimRows } from './claim-rows.ts';

/** Wakes the keepers of work that was asked for by a process that died before it could tell them (O9, O19). */
export async function wakeKeepers(client: Client, db: Database, logger: Logger, graceMs: number): Promise<void> {
  const rows = await claimRows(db, syncs, {
    where: and(isNull(syncs.signalledAt), eq(syncs.phase, 'queued'), lt(syncs.createdAt, new Date(Date.now() - graceMs))),
    orderBy: [asc(syncs.createdAt)],
  });
  for (const row of rows) {
    await wakeKeeper(client, db, row);
    logger.info({ syncId: row.id, awsOrganizationId: row.awsOrganizationId }, 'woke the keeper of work that it had not been told of');
  }
}
