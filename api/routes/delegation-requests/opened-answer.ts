import { answerWith, type Answer } from '../../idempotency/answer.ts';
import type { OpenedRequest } from '../../services/delegation-requests/open.ts';

/** 201 with AWS's link; 202 while no worker has answered. */
export function openedAnswer({ state, request }: OpenedRequest): Answer {
  return answerWith(state === 'opened' ? 201 : 202, 'delegation_request', request);
}
