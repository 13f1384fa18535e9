import { markSignalled } from '../../../db/organizations/mark-signalled.ts';
import type { SyncRow } from '../../../db/schema/rows.ts';
import { keeperRequestOf } from '../../../workflows/contracts/organization-keeper.ts';
import type { Call } from '../../context.ts';

/**
 * Wakes an organization's keeper for a committed row. Does not throw: the reconciler wakes the keeper for rows without
 * `signalledAt`.
 */
export async function wakeKeeper(call: Call, row: SyncRow): Promise<void> {
  const { database, workflows, log } = call.deps;
  try {
    await workflows.wakeKeeper(row.awsOrganizationId, keeperRequestOf(row));
  } catch {
    log.warn({ syncId: row.id, requestId: call.requestId }, 'could not wake the keeper; the reconciler will wake it');
    return;
  }
  await markSignalled(database.db, row.id);
}
