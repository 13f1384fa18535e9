import type { Call } from '../../context.ts';
import type { KeyClaim } from '../../idempotency/once.ts';
import { recordAudit } from '../audit/record.ts';
import { refuseOwnAccount } from '../own-account.ts';
import { requireTemporal } from '../temporal.ts';
import { refuseExisting } from './find.ts';
import { openRequest, type OpenedRequest } from './open.ts';
import { insertRequest, prepareRequest, inRequestTransaction, type RequestSettings } from './record.ts';

/**
 * Records a delegation request and creates it at AWS (D1, D2). Throws own_account, nickname_taken, account_exists, organization_exists,
 * request_running, temporal_unavailable, and the errors of openRequest.
 */
export async function createDelegationRequest(call: Call, settings: RequestSettings, once: KeyClaim): Promise<OpenedRequest> {
  refuseOwnAccount(call, settings.accountId, '/accountId');
  await requireTemporal(call);
  const prepared = await prepareRequest(call.deps.sealer, settings);
  const id = await inRequestTransaction(call, settings, async (tx) => {
    const claimedId = await once.claim(tx, prepared.id);
    if (claimedId !== prepared.id) return claimedId;
    await refuseExisting(tx, settings);
    await insertRequest(tx, call, prepared);
    await recordAudit(tx, call, {
      action: 'delegation_request.created',
      target: { type: 'delegation_request', id: prepared.id },
      detail: { ...settings },
    });
    return claimedId;
  });
  return await openRequest(call, id, once);
}
