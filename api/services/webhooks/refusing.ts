import { Refusal } from '../../../notifications/webhook/refusal.ts';
import type { Call } from '../../context.ts';
import { ServiceError } from '../../problems/service-error.ts';

/** Runs what may refuse a message. The refusal is logged by its code alone and answered so that SNS does the right thing. */
export async function refusing<Result>(call: Omit<Call, 'actor'>, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reason = error.cause instanceof Error ? error.cause.message : undefined;
    call.deps.log.warn({ code: error.code, reason, requestId: call.requestId }, 'refused a message that was posted to the webhook');
    throw toServiceError(error);
  }
}

/** SNS sends again what got a 5xx, and drops what got a 4xx: the codes of transient refusals are 5xx (api/problems/codes.ts). */
function toServiceError({ code, message, isTransient }: Refusal): ServiceError {
  return new ServiceError({ code, detail: message, ...(isTransient ? { retryAfterSeconds: 5 } : {}) });
}
