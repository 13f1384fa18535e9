import { and, eq, isNull } from 'drizzle-orm';
import { delegationRequests } from '../../../db/schema/index.ts';
import { isFinalPhase } from '../../../domain/delegation/states.ts';
import type { Call } from '../../context.ts';
import type { Answer, Once } from '../../idempotency/once.ts';
import { conflict } from '../../problems/errors.ts';
import { RunFailedError, ServiceError } from '../../problems/service-error.ts';
import { toDelegationRequest, type DelegationRequest } from '../../schemas/delegation-request.ts';
import { resourcePath, type Resource } from '../../schemas/resource.ts';
import { findDelegationRequest, standingConflict } from './find.ts';

/** Why a request could not be opened. */
interface Refusal {
  code: string;
  message: string;
  awsCode: string | null;
}

/**
 * Starts a recorded request's workflow, or joins the one that runs, and waits for AWS's answer. 201 with the link;
 * 202 when no answer came in time. Throws 409 account_exists, organization_exists or cancelled, 422 aws_refused, 503 aws_unavailable.
 */
export async function openRequest(call: Call, id: string, once: Once): Promise<Answer> {
  const { database, workflows } = call.deps;
  const row = await findDelegationRequest(database.db, id);
  if (row.awsRequestId !== null) return answerOf(201, toDelegationRequest(row));
  const outcome = isFinalPhase(row.phase) ? ({ kind: 'ended' } as const) : await workflows.open(row);
  if (outcome.kind !== 'unanswered' || outcome.started) await markStarted(call, id);

  const now = await findDelegationRequest(database.db, id);
  const resource = toDelegationRequest(now);
  switch (outcome.kind) {
    case 'opened':
      return answerOf(201, {
        ...resource,
        awsRequestId: resource.awsRequestId ?? outcome.awsRequestId,
        consoleUrl: resource.consoleUrl ?? outcome.consoleUrl,
      });
    case 'unanswered':
      return answerOf(resource.awsRequestId === null ? 202 : 201, resource);
    case 'refused':
      throw await refuse(call, resource, outcome, once);
    case 'ended':
      if (resource.awsRequestId !== null || !resource.failure) return answerOf(201, resource);
      throw await refuse(call, resource, { ...resource.failure, awsCode: null }, once);
  }
}

function answerOf(status: 201 | 202, resource: DelegationRequest): Answer {
  return { status, headers: { Location: resourcePath({ type: 'delegation_request', id: resource.id }) }, body: resource };
}

/** The reconciler starts what has no mark. */
async function markStarted(call: Call, id: string): Promise<void> {
  await call.deps.database.db
    .update(delegationRequests)
    .set({ workflowStartedAt: new Date() })
    .where(and(eq(delegationRequests.id, id), isNull(delegationRequests.workflowStartedAt)));
}

async function refuse(call: Call, request: DelegationRequest, refusal: Refusal, once: Once): Promise<ServiceError> {
  const resource: Resource = { type: 'delegation_request', id: request.id };
  switch (refusal.code) {
    case 'aws_unavailable':
      await discard(call, request.id, once);
      return new ServiceError({ code: 'aws_unavailable', detail: refusal.message, resource, retryAfterSeconds: 10 });
    case 'account_exists':
    case 'organization_exists':
      return (await standingConflict(call.deps.database.db, request)) ?? conflict(refusal.code, refusal.message);
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

/** The request never reached AWS: a repeat under the same key, or another resend, shall begin anew. */
async function discard(call: Call, id: string, once: Once): Promise<void> {
  await call.deps.database.db.transaction(async (tx) => {
    await once.forget(tx);
    await tx.update(delegationRequests).set({ resentAs: null }).where(eq(delegationRequests.resentAs, id));
  });
}
