import { z } from '@hono/zod-openapi';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { bodyObject } from '../../schemas/fields.ts';
import { previewSchema } from '../../schemas/preview.ts';
import { previewNewOrganization } from '../../services/previews/preview-new-organization.ts';
import { callOf } from '../call.ts';
import { newOrganizationFields, toSettings } from './create.ts';
import { previewAnswer } from './preview-answer.ts';

const newOrganizationPreview = z.strictObject(newOrganizationFields, bodyObject('The body')).openapi('NewOrganizationPreview');

export const previewNewRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/preview',
    operationId: 'previewNewOrganization',
    tags: ['Organizations'],
    summary: 'Preview the addition of an AWS Organization',
    description:
      'Checks the organization role in the same way as `POST /v1/organizations`, and lists the organization. `warnings` names units and accounts of `scope` that the listing lacks. Registers nothing. Muster erases the credentials when the preview ends. The call takes at most 20 s.',
    request: { headers: idempotencyHeaders, body: body(newOrganizationPreview) },
    responses: {
      200: json(previewSchema, 'The preview is ready or has failed.', { Location: 'Path of the preview.' }),
      202: json(previewSchema, 'The preview is not ready after 20 s. Get it later at its Location.', { Location: 'Path of the preview.' }),
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
    'no_worker',
    'temporal_unavailable',
    'aws_unavailable',
    'check_interrupted',
  ],
  (c) => {
    const input = c.req.valid('json');
    const settings = { ...toSettings(input), previewId: null };
    return answerOnce(c, { body: input, work: (once) => previewNewOrganization(callOf(c), settings, once), toAnswer: previewAnswer });
  },
);
