import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import type { SyncRow } from '../../../db/schema/rows.ts';
import { isFinalSyncPhase } from '../../../domain/organizations/sync.ts';
import type { Call } from '../../context.ts';
import { conflict, temporalUnavailable } from '../../problems/errors.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { recordAudit } from '../audit/record.ts';
import { findSync, lockSync } from './find.ts';

/**
 * Cancels a sync. A queued sync ends here, so that no request joins it (O19). For a running sync, the keeper gets the
 * cancellation and writes the end; the audit entry is written first. Throws not_found, too_late, temporal_unavailable.
 */
export async function cancelSync(call: Call, id: string): Promise<Sync> {
  const { database, workflows } = call.deps;
  const { name: by } = call.actor;
  const row = await database.db.transaction(async (tx) => {
    const { phase } = await lockSync(tx, id);
    if (isFinalSyncPhase(phase)) throw conflict('too_late', `The sync can no longer be cancelled, because it is in phase ${phase}.`);
    await recordAudit(tx, call, { action: 'sync.cancel_requested', target: { type: 'sync', id } });
    return phase === 'queued' ? await end(tx, id, by) : await mark(tx, id);
  });
  if (isFinalSyncPhase(row.phase)) return toSync(row);
  try {
    await workflows.cancelSync(row.awsOrganizationId, { syncId: id, by });
  } catch (error) {
    throw temporalUnavailable('Temporal did not accept the cancellation. Retry in a few seconds.', error);
  }
  return toSync(await findSync(database.db, id));
}

async function end(tx: Transaction, id: string, by: string): Promise<SyncRow> {
  const now = new Date();
  const [row] = await tx
    .update(syncs)
    .set({
      phase: 'cancelled',
      failureCode: 'cancelled',
      failureMessage: `Cancelled by ${by} before it started. Request it again if it is still needed.`,
      finishedAt: now,
      updatedAt: now,
    })
    .where(eq(syncs.id, id))
    .returning();
  return row!;
}

/**
 * The mark stays if the keeper cannot be reached. At worst, a second sync runs; without the mark, a request could join a
 * sync that is about to stop.
 */
async function mark(tx: Transaction, id: string): Promise<SyncRow> {
  const [row] = await tx.update(syncs).set({ cancelRequestedAt: new Date() }).where(eq(syncs.id, id)).returning();
  return row!;
}
