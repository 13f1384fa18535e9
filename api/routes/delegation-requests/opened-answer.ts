import { answerWith, type Answer } from '../../idempotency/answer.ts';
import type { OpenedRequest } from '../../services/delegation-requests/open.ts';

/** 201 for a request that is created at AWS; 202 for a request that is only recorded. */
export function openedAnswer({ state, request }: OpenedRequest): Answer {
  return answerWith(state === 'opened' ? 201 : 202, 'delegation_request', request);
}
