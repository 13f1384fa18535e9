import { z } from '@hono/zod-openapi';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { answerWith } from '../../idempotency/answer.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { bodyObject, nickname } from '../../schemas/fields.ts';
import { organizationCredentialFields, toCredentials } from '../../schemas/organization-credentials.ts';
import { allowUnknown, organizationSchema, scopeInput, type Organization } from '../../schemas/organization.ts';
import { createOrganization } from '../../services/organizations/create.ts';
import { callOf } from '../call.ts';

/** The fields of a new organization, for adding it and for previewing the addition. */
export const newOrganizationFields = { nickname, ...organizationCredentialFields, scope: scopeInput.optional(), allowUnknown };

const newOrganization = z
  .strictObject(
    {
      ...newOrganizationFields,
      previewId: z.guid({ error: 'previewId must be the id of a preview.' }).optional().openapi({
        description:
          'A finished preview of this organization. Muster then looks for the ids of `scope` in its listing, and does not ask AWS.',
      }),
    },
    bodyObject('The body'),
  )
  .openapi('NewOrganization');

/** The validated settings of a new organization. */
export function toSettings(input: Omit<z.infer<typeof newOrganization>, 'previewId'>) {
  const { nickname, scope, allowUnknown } = input;
  return { nickname, credentials: toCredentials(input), scope: completeScope(scope ?? {}), allowUnknown: allowUnknown ?? false };
}

export const createRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations',
    operationId: 'createOrganization',
    tags: ['Organizations'],
    summary: 'Add an AWS Organization',
    description:
      'Checks the organization role, each action that it needs, and the units and accounts of `scope` (at most 50 without `previewId`) before Muster registers the organization. The first sync then starts, and checks the member roles. The call takes at most 20 s.',
    request: { headers: idempotencyHeaders, body: body(newOrganization) },
    responses: {
      201: json(organizationSchema, 'The organization is registered. `lastSync` is its first sync.', {
        Location: 'Path of the organization.',
      }),
    },
  },
  [
    'own_account',
    'nickname_taken',
    'organization_exists',
    'idempotency_key_reused',
    'idempotency_key_unverifiable',
    'organization_checks_failed',
    'scope_unknown',
    'preview_first',
    'no_worker',
    'temporal_unavailable',
    'aws_unavailable',
    'check_interrupted',
  ],
  (c) => {
    const input = c.req.valid('json');
    const settings = { ...toSettings(input), previewId: input.previewId ?? null };
    return answerOnce(c, {
      body: input,
      work: (once) => createOrganization(callOf(c), settings, once),
      toAnswer: (organization: Organization) => answerWith(201, 'organization', organization),
    });
  },
);
