import { requestWork, type WorkRequest } from '../../../db/organizations/request-work.ts';
import type { Call } from '../../context.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { recordAudit } from '../audit/record.ts';
import { wakeKeeper } from '../syncs/wake-keeper.ts';
import { requireTemporal } from '../temporal.ts';
import { lockOrganization } from './find.ts';

/**
 * Asks for a sync, or for a recheck of all clouds that are not ok; joins what does as much and has not begun to (O19).
 * Throws 404, 503.
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
