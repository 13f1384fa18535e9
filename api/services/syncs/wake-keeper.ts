import { eq } from 'drizzle-orm';
import { syncs } from '../../../db/schema/index.ts';
import type { SyncRow } from '../../../db/schema/rows.ts';
import type { Call } from '../../context.ts';

/**
 * Wakes an organization's keeper for a committed row. Does not throw: the reconciler wakes the keeper for rows without
 * `signalledAt`.
 */
export async function wakeKeeper(call: Call, row: SyncRow): Promise<void> {
  const { database, workflows, log } = call.deps;
  const { id: syncId, kind, trigger, settingsGeneration } = row;
  try {
    await workflows.wakeKeeper(row.awsOrganizationId, { kind, syncId, trigger, settingsGeneration });
  } catch {
    log.warn({ syncId, requestId: call.requestId }, 'could not wake the keeper; the reconciler will wake it');
    return;
  }
  await database.db.update(syncs).set({ signalledAt: new Date() }).where(eq(syncs.id, syncId));
}
