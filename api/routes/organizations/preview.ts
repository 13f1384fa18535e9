import { z } from '@hono/zod-openapi';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { bodyObject, idParameters } from '../../schemas/fields.ts';
import { allowUnknown, scopeInput } from '../../schemas/organization.ts';
import { previewSchema } from '../../schemas/preview.ts';
import { previewOrganization } from '../../services/previews/preview-organization.ts';
import { callOf } from '../call.ts';
import { previewAnswer } from './preview-answer.ts';

const previewInput = z.strictObject({ scope: scopeInput.optional(), allowUnknown }, bodyObject('The body')).openapi('PreviewInput');

export const previewRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/{id}/preview',
    operationId: 'previewOrganization',
    tags: ['Organizations'],
    summary: 'Preview a new scope or a sync',
    description:
      'Changes nothing. `scope` replaces the whole scope; Muster plans it with the newest complete listing, whose time is `asOf`. Without `scope`, or before the first complete listing, Muster queues a listing for the preview.',
    request: {
      headers: idempotencyHeaders,
      params: idParameters,
      body: { content: { 'application/json': { schema: previewInput } } },
    },
    responses: {
      200: json(previewSchema, 'The preview is ready or has failed.', { Location: 'Path of the preview.' }),
      202: json(previewSchema, 'The preview is not ready after 20 s. Get it later at its Location.', { Location: 'Path of the preview.' }),
    },
  },
  ['scope_unknown', 'idempotency_key_reused', 'idempotency_key_unverifiable', 'temporal_unavailable'],
  (c) => {
    const { id } = c.req.valid('param');
    const input = c.req.valid('json');
    const scope = input.scope && completeScope(input.scope);
    return answerOnce(c, {
      body: input,
      work: (once) => previewOrganization(callOf(c), id, { scope, allowUnknown: input.allowUnknown }, once),
      toAnswer: previewAnswer,
    });
  },
);
