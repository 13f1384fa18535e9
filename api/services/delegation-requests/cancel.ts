import { closeWithoutRun } from '../../../db/delegation/close-without-run.ts';
import { isFinalPhase } from '../../../domain/delegation/states.ts';
import { describeCancelled } from '../../../domain/delegation/wording.ts';
import type { Call } from '../../context.ts';
import { conflict } from '../../problems/errors.ts';
import type { ServiceError } from '../../problems/service-error.ts';
import { toDelegationRequest, type DelegationRequest } from '../../schemas/delegation-request.ts';
import { auditActor, recordAudit } from '../audit/record.ts';
import { nobodyAnswered } from '../temporal.ts';
import { findDelegationRequest } from './find.ts';

/**
 * Cancels a request (D9). `done` is false while the workflow still cleans up. The audit entry is written before the
 * workflow gets the cancellation, because the workflow makes the change. Throws not_found, too_late, no_worker,
 * temporal_unavailable.
 */
export async function cancelDelegationRequest(call: Call, id: string): Promise<{ done: boolean; request: DelegationRequest }> {
  const { database, workflows } = call.deps;
  const row = await findDelegationRequest(database.db, id);
  if (isFinalPhase(row.phase)) throw tooLate(row.phase);
  await recordAudit(database.db, call, { action: 'delegation_request.cancel_requested', target: { type: 'delegation_request', id } });
  const outcome = await workflows.cancel(row, call.actor.name);
  const request = toDelegationRequest(await findDelegationRequest(database.db, id));
  switch (outcome.kind) {
    case 'cancelled':
      return { done: true, request: { ...request, phase: 'cancelled', expiresAt: null } };
    case 'cancelling':
      return { done: request.phase === 'cancelled', request };
    case 'too_late':
      throw tooLate(outcome.phase);
    case 'ended':
      return await endWithoutRun(call, id);
    case 'unanswered':
      throw await nobodyAnswered(call, 'No worker accepted the cancellation in time. Check that a worker is running, then retry.');
  }
}

/** Ends a request whose run has ended or is lost (S8). The reconciler has everything removed that the run may have deployed. */
async function endWithoutRun(call: Call, id: string): Promise<{ done: boolean; request: DelegationRequest }> {
  const { db } = call.deps.database;
  const row = await findDelegationRequest(db, id);
  const message = `Cancelled by ${call.actor.name}. ${describeCancelled(row.awsState, row.awsState === 'finalized')}`;
  await closeWithoutRun(db, row, { phase: 'cancelled', code: 'cancelled', message, actor: auditActor(call) });
  const request = toDelegationRequest(await findDelegationRequest(db, id));
  if (request.phase !== 'cancelled') throw tooLate(request.phase);
  return { done: true, request };
}

function tooLate(phase: string): ServiceError {
  return conflict('too_late', `The request can no longer be cancelled, because it is in phase ${phase}.`);
}
