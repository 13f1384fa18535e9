import { z } from '@hono/zod-openapi';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { delegationRequestSchema } from '../../schemas/delegation-request.ts';
import { idParameters, nickname } from '../../schemas/fields.ts';
import { resendDelegationRequest } from '../../services/delegation-requests/resend.ts';
import { callOf } from '../call.ts';
import { openedAnswer } from './opened-answer.ts';

const resend = z.strictObject({ nickname: nickname.optional() }).openapi('ResendDelegationRequest');

export const resendRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/delegation-requests/{id}/resend',
    operationId: 'resendDelegationRequest',
    tags: ['Delegation requests'],
    summary: 'Resend an ended request with the same settings',
    request: { params: idParameters, headers: idempotencyHeaders, body: { content: { 'application/json': { schema: resend } } } },
    responses: {
      201: json(delegationRequestSchema, 'The new request is created at AWS.', { Location: 'Path of the new request.' }),
      202: json(
        delegationRequestSchema,
        'The new request is recorded, but no worker answered within 10 s. The event stream reports its progress.',
        { Location: 'Path of the new request.' },
      ),
    },
  },
  [
    'own_account',
    'request_running',
    'already_resent',
    'request_completed',
    'nickname_taken',
    'account_exists',
    'organization_exists',
    'cancelled',
    'idempotency_key_reused',
    'idempotency_key_unverifiable',
    'aws_refused',
    'temporal_unavailable',
    'aws_unavailable',
  ],
  (c) => {
    const { id } = c.req.valid('param');
    const input = c.req.valid('json');
    return answerOnce(c, {
      body: input,
      work: (once) => resendDelegationRequest(callOf(c), id, input.nickname, once),
      toAnswer: openedAnswer,
    });
  },
);
