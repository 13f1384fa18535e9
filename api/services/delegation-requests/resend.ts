import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { delegationRequests } from '../../../db/schema/index.ts';
import type { DelegationRequestRow } from '../../../db/schema/rows.ts';
import { isFinalPhase } from '../../../domain/delegation/states.ts';
import type { Call } from '../../context.ts';
import type { KeyClaim } from '../../idempotency/once.ts';
import { conflict, noneWithId } from '../../problems/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { refuseOwnAccount } from '../own-account.ts';
import { requireTemporal } from '../temporal.ts';
import { findDelegationRequest, refuseExisting, existingConflict } from './find.ts';
import { openRequest, type OpenedRequest } from './open.ts';
import { insertRequest, prepareRequest, inRequestTransaction, type RequestSettings } from './record.ts';

/**
 * Sends an ended request again with the same settings and a new id (D9). Throws not_found, request_running,
 * request_completed, already_resent, and the errors of createDelegationRequest.
 */
export async function resendDelegationRequest(
  call: Call,
  oldId: string,
  nickname: string | undefined,
  once: KeyClaim,
): Promise<OpenedRequest> {
  const old = await findDelegationRequest(call.deps.database.db, oldId);
  // A request from before this rule may name the account.
  refuseOwnAccount(call, old.accountId, '/accountId');
  await requireTemporal(call);
  const settings: RequestSettings = {
    nickname: nickname ?? old.nickname,
    scope: old.scope,
    accountId: old.accountId,
    roleName: old.roleName,
    sessionDurationSeconds: old.sessionDurationSeconds,
    organizationScope: old.organizationScope,
  };
  const prepared = await prepareRequest(call.deps.sealer, settings);
  const id = await inRequestTransaction(call, settings, async (tx) => {
    const claimedId = await once.claim(tx, prepared.id);
    if (claimedId !== prepared.id) return claimedId;
    await refuseResend(tx, await lockRequest(tx, oldId));
    await refuseExisting(tx, settings);
    await insertRequest(tx, call, prepared, oldId);
    await tx.update(delegationRequests).set({ resentAs: prepared.id, updatedAt: new Date() }).where(eq(delegationRequests.id, oldId));
    await recordAudit(tx, call, {
      action: 'delegation_request.resent',
      target: { type: 'delegation_request', id: oldId },
      detail: { resentAs: prepared.id, nickname: settings.nickname },
    });
    return claimedId;
  });
  return await openRequest(call, id, once);
}

/** Serializes parallel resends of one request. */
async function lockRequest(tx: Transaction, id: string): Promise<DelegationRequestRow> {
  const [row] = await tx.select().from(delegationRequests).where(eq(delegationRequests.id, id)).for('update');
  if (!row) throw noneWithId('delegation request');
  return row;
}

async function refuseResend(tx: Transaction, old: DelegationRequestRow): Promise<void> {
  if (!isFinalPhase(old.phase)) {
    throw conflict(
      'request_running',
      `The request is still running, in phase ${old.phase}. Cancel it, or wait until it ends, before you resend it.`,
      { type: 'delegation_request', id: old.id },
    );
  }
  if (old.resentAs !== null) {
    throw conflict('already_resent', 'The request was already resent. Continue with the newer request.', {
      type: 'delegation_request',
      id: old.resentAs,
    });
  }
  if (old.phase === 'completed') {
    throw (
      (await existingConflict(tx, old)) ??
      conflict('request_completed', 'The request has already been completed, so it cannot be resent. Create a new request.')
    );
  }
}
