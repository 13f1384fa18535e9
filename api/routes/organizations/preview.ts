import { z } from '@hono/zod-openapi';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { bodyObject, idParameters } from '../../schemas/fields.ts';
import { scopeInput } from '../../schemas/organization.ts';
import { previewSchema } from '../../schemas/preview.ts';
import { previewOrganization } from '../../services/previews/preview-organization.ts';
import { callOf } from '../call.ts';
import { previewAnswer } from './preview-answer.ts';

const previewInput = z.strictObject({ scope: scopeInput.optional() }, bodyObject('The body')).openapi('PreviewInput');

export const previewRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/{id}/preview',
    operationId: 'previewOrganization',
    tags: ['Organizations'],
    summary: 'See what a scope, or a sync, would do',
    description:
      'Changes nothing. With `scope`, which replaces the whole scope, by the newest complete listing (`asOf` tells its age); without, or before there is one, by a listing of its own, which waits for its turn.',
    request: {
      headers: idempotencyHeaders,
      params: idParameters,
      body: { content: { 'application/json': { schema: previewInput } } },
    },
    responses: {
      200: json(previewSchema, 'It is ready, or has failed.', { Location: 'The preview.' }),
      202: json(previewSchema, 'Not ready within 20 seconds.', { Location: 'The preview.' }),
    },
  },
  ['idempotency_key_reused', 'temporal_unavailable'],
  (c) => {
    const { id } = c.req.valid('param');
    const input = c.req.valid('json');
    const scope = input.scope && completeScope(input.scope);
    return answerOnce(c, { body: input, work: (once) => previewOrganization(callOf(c), id, scope, once), toAnswer: previewAnswer });
  },
);
