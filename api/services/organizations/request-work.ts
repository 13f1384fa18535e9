import { requestWork, type WorkRequest } from '../../../db/organizations/request-work.ts';
import type { Call } from '../../context.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { recordAudit } from '../audit/record.ts';
import { wakeKeeper } from '../syncs/wake-keeper.ts';
import { requireTemporal } from '../temporal.ts';
import { lockOrganization } from './find.ts';

/**
 * Requests a sync, a recheck of the clouds that are not ok, or a badging run. Joins existing work that does the same and
 * has not started it (O19). Throws not_found, temporal_unavailable.
 */
export async function requestOrganizationWork(call: Call, id: string, kind: WorkRequest['kind']): Promise<Sync> {
  await requireTemporal(call);
  const row = await call.deps.database.db.transaction(async (tx) => {
    const organization = await lockOrganization(tx, id);
    const requested = await requestWork(tx, organization, { kind, trigger: 'requested' });
    await recordAudit(tx, call, {
      action: `organization.${kind}_requested`,
      target: { type: 'organization', id },
      detail: { syncId: requested.id },
    });
    return requested;
  });
  await wakeKeeper(call, row);
  return toSync(row);
}
