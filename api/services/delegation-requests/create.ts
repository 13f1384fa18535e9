import type { Call } from '../../context.ts';
import type { Answer, Once } from '../../idempotency/once.ts';
import { recordAudit } from '../audit/record.ts';
import { requireTemporal } from '../temporal.ts';
import { refuseTaken } from './find.ts';
import { openRequest } from './open.ts';
import { insertRequest, prepareRequest, recordingRequest, type RequestSettings } from './record.ts';

/**
 * Creates a delegation request and answers with AWS's link (D1, D2). 201, or 202 when no worker answered in time.
 * Throws 409 nickname_taken, account_exists, organization_exists, request_running; 422 aws_refused; 503.
 */
export async function createDelegationRequest(call: Call, settings: RequestSettings, once: Once): Promise<Answer> {
  await requireTemporal(call);
  const prepared = await prepareRequest(call.deps.sealer, settings);
  const claim = await recordingRequest(call, settings, async (tx) => {
    const claimed = await once.claim(tx, prepared.id);
    if (claimed.resourceId !== prepared.id) return claimed;
    await refuseTaken(tx, settings);
    await insertRequest(tx, call, prepared);
    await recordAudit(tx, call, {
      action: 'delegation_request.created',
      target: { type: 'delegation_request', id: prepared.id },
      detail: { ...settings },
    });
    return claimed;
  });
  return claim.answer ?? (await openRequest(call, claim.resourceId, once));
}
