import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { previewSchema } from '../../schemas/preview.ts';
import { getPreview } from '../../services/previews/get.ts';
import { callOf } from '../call.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/previews/{id}',
    operationId: 'getPreview',
    tags: ['Organizations'],
    summary: 'Get a preview',
    request: { params: idParameters },
    responses: { 200: json(previewSchema, 'The preview.') },
  },
  [],
  async (c) => c.json(await getPreview(callOf(c), c.req.valid('param').id), 200),
);
