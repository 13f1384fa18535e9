import { z } from '@hono/zod-openapi';
import { delegatedSessionSeconds } from '../../../domain/aws/fields.ts';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { delegationRequestSchema } from '../../schemas/delegation-request.ts';
import { accountId, bodyObject, delegatedSessionDuration, nickname, roleName } from '../../schemas/fields.ts';
import { scopeInput } from '../../schemas/organization.ts';
import { createDelegationRequest } from '../../services/delegation-requests/create.ts';
import { callOf } from '../call.ts';
import { openedAnswer } from './opened-answer.ts';

const newDelegationRequest = z
  .strictObject(
    {
      nickname,
      scope: z.enum(['account', 'organization'], { error: 'scope must be "account" or "organization".' }),
      accountId: accountId.openapi({ description: 'The account. For an organization, its management account.' }),
      roleName: roleName.openapi({
        description: 'Name of the harvesting role to create. For an organization, Muster creates it in every account.',
      }),
      acknowledged: z
        .literal(true, { error: 'acknowledged must be true: Muster assumes a temporary role in the account.' })
        .openapi({ description: 'The caller knows that Muster assumes a temporary role in the account.' }),
      sessionDurationSeconds: delegatedSessionDuration.optional().openapi({
        description: `Lifetime of the delegated session. Without this field, ${delegatedSessionSeconds.default.toLocaleString('en')} s.`,
      }),
      organizationScope: scopeInput.optional(),
    },
    bodyObject('The body'),
  )
  .refine(({ scope, organizationScope }) => scope !== 'account' || organizationScope === undefined, {
    path: ['organizationScope'],
    error: 'organizationScope is allowed only when scope is "organization". Leave it out.',
    // The response reports all faults at once, so this check must run even if other fields are invalid.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .openapi('NewDelegationRequest');

export const createRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/delegation-requests',
    operationId: 'createDelegationRequest',
    tags: ['Delegation requests'],
    summary: 'Request delegated access to an account, or to an organization through its management account',
    description:
      'Creates the request at AWS and returns the link for an approver. Muster records the request before it calls AWS, so a repeat with the same Idempotency-Key continues the recorded request.',
    request: { headers: idempotencyHeaders, body: body(newDelegationRequest) },
    responses: {
      201: json(delegationRequestSchema, 'The request is created at AWS.', { Location: 'Path of the request.' }),
      202: json(
        delegationRequestSchema,
        'The request is recorded, but no worker answered within 10 s. The event stream reports its progress.',
        {
          Location: 'Path of the request.',
        },
      ),
    },
  },
  [
    'own_account',
    'nickname_taken',
    'account_exists',
    'organization_exists',
    'request_running',
    'cancelled',
    'idempotency_key_reused',
    'idempotency_key_unverifiable',
    'aws_refused',
    'temporal_unavailable',
    'aws_unavailable',
  ],
  (c) => {
    // A `default` in the schema would make generated clients demand the field.
    const input = { sessionDurationSeconds: delegatedSessionSeconds.default, ...c.req.valid('json') };
    const { acknowledged: _acknowledged, organizationScope, ...fields } = input;
    const settings = { ...fields, organizationScope: input.scope === 'organization' ? completeScope(organizationScope ?? {}) : null };
    return answerOnce(c, { body: input, work: (once) => createDelegationRequest(callOf(c), settings, once), toAnswer: openedAnswer });
  },
);
