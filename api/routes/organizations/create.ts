import { z } from '@hono/zod-openapi';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { answerWith } from '../../idempotency/answer.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { bodyObject, nickname } from '../../schemas/fields.ts';
import { organizationCredentialFields, toCredentials } from '../../schemas/organization-credentials.ts';
import { organizationSchema, scopeInput, type Organization } from '../../schemas/organization.ts';
import { createOrganization } from '../../services/organizations/create.ts';
import { callOf } from '../call.ts';

/** The body that adds an organization, and that previews the addition. */
export const newOrganization = z
  .strictObject({ nickname, ...organizationCredentialFields, scope: scopeInput.optional() }, bodyObject('The body'))
  .openapi('NewOrganization');

export const createRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations',
    operationId: 'createOrganization',
    tags: ['Organizations'],
    summary: 'Add an AWS Organization',
    description:
      'Checks the organization role, and each action that it needs, before Muster registers the organization. The first sync then starts, and checks the member roles. The call takes at most 20 s.',
    request: { headers: idempotencyHeaders, body: body(newOrganization) },
    responses: {
      201: json(organizationSchema, 'The organization is registered. `lastSync` is its first sync.', {
        Location: 'Path of the organization.',
      }),
    },
  },
  [
    'nickname_taken',
    'organization_exists',
    'idempotency_key_reused',
    'organization_checks_failed',
    'no_worker',
    'temporal_unavailable',
    'aws_unavailable',
    'check_interrupted',
  ],
  (c) => {
    const input = c.req.valid('json');
    const settings = { nickname: input.nickname, credentials: toCredentials(input), scope: completeScope(input.scope ?? {}) };
    return answerOnce(c, {
      body: input,
      work: (once) => createOrganization(callOf(c), settings, once),
      toAnswer: (organization: Organization) => answerWith(201, 'organization', organization),
    });
  },
);
