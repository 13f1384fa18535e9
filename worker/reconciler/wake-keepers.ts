import type { Client } from '@temporalio/client';
import { and, asc, eq, inArray, isNull, lt, or } from 'drizzle-orm';
import type { Logger } from 'pino';
import { wakeKeeper } from '../../activities/temporal/wake-keeper.ts';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';

const claimMs = 60_000;
const batch = 100;

/** Wakes the keepers of work that was asked for by a process that died before it could tell them (O9, O19). */
export async function wakeKeepers(client: Client, db: Database, logger: Logger, graceMs: number): Promise<void> {
  const now = Date.now();
  const claimable = db
    .select({ id: syncs.id })
    .from(syncs)
    .where(
      and(
        isNull(syncs.signalledAt),
        eq(syncs.phase, 'queued'),
        lt(syncs.createdAt, new Date(now - graceMs)),
        or(isNull(syncs.claimedUntil), lt(syncs.claimedUntil, new Date(now))),
      ),
    )
    .orderBy(asc(syncs.createdAt))
    .limit(batch)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(syncs)
    .set({ claimedUntil: new Date(now + claimMs) })
    .where(inArray(syncs.id, claimable))
    .returning();
  for (const row of rows) {
    await wakeKeeper(client, db, row);
    logger.info({ syncId: row.id, awsOrganizationId: row.awsOrganizationId }, 'woke the keeper of work that it had not been told of');
  }
}
