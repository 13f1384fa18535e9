import { z } from '@hono/zod-openapi';
import { delegatedSessionSeconds } from '../../../domain/aws/fields.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { delegationRequestSchema } from '../../schemas/delegation-request.ts';
import { accountId, delegatedSessionDuration, nickname, roleName } from '../../schemas/fields.ts';
import { createDelegationRequest } from '../../services/delegation-requests/create.ts';
import { callOf } from '../call.ts';

const newDelegationRequest = z
  .strictObject(
    {
      nickname,
      scope: z
        .enum(['account', 'organization'], { error: 'scope is "account".' })
        .refine((scope) => scope === 'account', { error: 'Organizations by delegation are not available yet; scope must be "account".' }),
      accountId,
      roleName,
      acknowledged: z
        .literal(true, { error: 'acknowledged must be true: a temporary role will be assumed in the account.' })
        .openapi({ description: 'The caller knows that a temporary role will be assumed.' }),
      sessionDurationSeconds: delegatedSessionDuration.default(delegatedSessionSeconds.usual),
      organizationScope: z
        .unknown()
        .refine((value) => value === undefined, { error: 'organizationScope belongs to scope "organization" only; leave it out.' })
        .openapi({ type: 'object', description: 'Only with scope "organization".' })
        .optional(),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
  )
  .openapi('NewDelegationRequest');

export const createRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/delegation-requests',
    operationId: 'createDelegationRequest',
    tags: ['Delegation requests'],
    summary: 'Ask for delegated access to an account',
    description:
      'Creates the request at AWS and answers with the link to it. The request is recorded before AWS is asked, so a repeat with the same Idempotency-Key goes on with it.',
    request: { headers: idempotencyHeaders, body: body(newDelegationRequest) },
    responses: {
      201: json(delegationRequestSchema, 'AWS has the request.', { Location: 'The request.' }),
      202: json(delegationRequestSchema, 'Recorded; no worker answered within 10 s. The stream tells the rest.', {
        Location: 'The request.',
      }),
    },
  },
  {
    409: ['nickname_taken', 'account_exists', 'request_running', 'cancelled'],
    422: ['idempotency_key_reused', 'aws_refused'],
    503: ['temporal_unavailable', 'aws_unavailable'],
  },
  (c) => {
    const input = c.req.valid('json');
    const { nickname, accountId, roleName, sessionDurationSeconds } = input;
    return answerOnce(c, input, (once) =>
      createDelegationRequest(callOf(c), { nickname, accountId, roleName, sessionDurationSeconds }, once),
    );
  },
);
