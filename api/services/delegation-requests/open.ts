import { and, eq, isNull } from 'drizzle-orm';
import { delegationRequests } from '../../../db/schema/index.ts';
import { isFinalPhase } from '../../../domain/delegation/states.ts';
import type { Call } from '../../context.ts';
import type { KeyClaim } from '../../idempotency/once.ts';
import { conflict } from '../../problems/errors.ts';
import { RunFailedError, ServiceError } from '../../problems/service-error.ts';
import { toDelegationRequest, type DelegationRequest } from '../../schemas/delegation-request.ts';
import type { Resource } from '../../schemas/resource.ts';
import { findDelegationRequest, existingConflict } from './find.ts';

/** A request that is created at AWS (`opened`), or still only recorded because no worker has answered (`recorded`). */
export interface OpenedRequest {
  state: 'opened' | 'recorded';
  request: DelegationRequest;
}

/** The reason why the worker could not create a request at AWS. */
interface Refusal {
  code: string;
  message: string;
  awsCode: string | null;
}

/**
 * Starts the workflow of a recorded request, or joins its running workflow, and waits for AWS's answer. Throws
 * account_exists, organization_exists, cancelled, aws_unavailable, and RunFailedError with the failure code of the run
 * (aws_refused).
 */
export async function openRequest(call: Call, id: string, once: KeyClaim): Promise<OpenedRequest> {
  const { database, workflows } = call.deps;
  const row = await findDelegationRequest(database.db, id);
  if (row.awsRequestId !== null) return { state: 'opened', request: toDelegationRequest(row) };
  const outcome = isFinalPhase(row.phase) ? ({ kind: 'ended' } as const) : await workflows.open(row);
  if (outcome.kind !== 'unanswered' || outcome.started) await markStarted(call, id);

  const request = toDelegationRequest(await findDelegationRequest(database.db, id));
  switch (outcome.kind) {
    case 'opened':
      return {
        state: 'opened',
        request: {
          ...request,
          awsRequestId: request.awsRequestId ?? outcome.awsRequestId,
          consoleUrl: request.consoleUrl ?? outcome.consoleUrl,
        },
      };
    case 'unanswered':
      return { state: request.awsRequestId === null ? 'recorded' : 'opened', request };
    case 'refused':
      throw await refuse(call, request, outcome, once);
    case 'ended':
      if (request.awsRequestId !== null || !request.failure) return { state: 'opened', request };
      throw await refuse(call, request, { ...request.failure, awsCode: null }, once);
  }
}

/** The reconciler starts the workflows of rows without this mark. */
async function markStarted(call: Call, id: string): Promise<void> {
  await call.deps.database.db
    .update(delegationRequests)
    .set({ workflowStartedAt: new Date() })
    .where(and(eq(delegationRequests.id, id), isNull(delegationRequests.workflowStartedAt)));
}

async function refuse(call: Call, request: DelegationRequest, refusal: Refusal, once: KeyClaim): Promise<ServiceError> {
  const resource: Resource = { type: 'delegation_request', id: request.id };
  switch (refusal.code) {
    case 'aws_unavailable':
      await discard(call, request.id, once);
      return new ServiceError({ code: 'aws_unavailable', detail: refusal.message, resource, retryAfterSeconds: 10 });
    case 'account_exists':
    case 'organization_exists':
      return (await existingConflict(call.deps.database.db, request)) ?? conflict(refusal.code, refusal.message);
    case 'cancelled':
      return conflict('cancelled', refusal.message, resource);
    default:
      return new RunFailedError({
        code: refusal.code,
        detail: refusal.awsCode && !refusal.message.includes(refusal.awsCode) ? `${refusal.awsCode}: ${refusal.message}` : refusal.message,
        resource,
        extra: refusal.awsCode ? { awsCode: refusal.awsCode } : {},
      });
  }
}

/** The request never reached AWS, so a repeat with the same key or another resend may start from the beginning. */
async function discard(call: Call, id: string, once: KeyClaim): Promise<void> {
  await call.deps.database.db.transaction(async (tx) => {
    await once.release(tx);
    await tx.update(delegationRequests).set({ resentAs: null }).where(eq(delegationRequests.resentAs, id));
  });
}
