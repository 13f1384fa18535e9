import { Refusal } from '../../../notifications/webhook/refusal.ts';
import type { Call } from '../../context.ts';
import { ServiceError } from '../../problems/service-error.ts';

/** Turns the refusal of a message into a ServiceError. The log line holds the code, and never the message. */
export async function translateRefusals<Result>(call: Omit<Call, 'actor'>, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reason = error.cause instanceof Error ? error.cause.message : undefined;
    call.deps.log.warn({ code: error.code, reason, requestId: call.requestId }, 'refused a message that was posted to the webhook');
    throw toServiceError(error);
  }
}

/**
 * SNS retries after a 5xx and drops the message after a 4xx. Codes of transient refusals therefore have 5xx statuses
 * (api/problems/codes.ts).
 */
function toServiceError({ code, message, isTransient, retryAfterSeconds }: Refusal): ServiceError {
  return new ServiceError({ code, detail: message, ...(isTransient ? { retryAfterSeconds } : {}) });
}
