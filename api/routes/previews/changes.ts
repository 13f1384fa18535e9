import { z } from '@hono/zod-openapi';
import { changeKinds } from '../../../domain/organizations/plan.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { pageParameters, repeatable } from '../../schemas/lists.ts';
import { previewChangesSchema } from '../../schemas/preview.ts';
import { listPreviewChanges } from '../../services/previews/list-changes.ts';
import { callOf } from '../call.ts';

export const changesRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/previews/{id}/changes',
    operationId: 'listPreviewChanges',
    tags: ['Organizations'],
    summary: 'List the changes of a preview, in the order in which AWS listed the accounts',
    request: {
      params: idParameters,
      query: z.strictObject({
        ...pageParameters,
        change: repeatable(z.enum(changeKinds, { error: `change must be one of ${changeKinds.join(', ')}.` }), {
          items: { type: 'string', enum: [...changeKinds] },
          description: 'May repeat. Matches any of the values.',
        }),
      }),
    },
    responses: { 200: json(previewChangesSchema, 'One page of changes.') },
  },
  [],
  async (c) => c.json(await listPreviewChanges(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
