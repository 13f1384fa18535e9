import { defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema } from '../../schemas/cloud.ts';
import { idParameters } from '../../schemas/fields.ts';
import { getCloud } from '../../services/clouds/get.ts';
import { callOf } from '../call.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/clouds/{id}',
    operationId: 'getCloud',
    tags: ['Clouds'],
    summary: 'Get a cloud',
    request: { params: idParameters },
    responses: { 200: json(cloudSchema, 'The cloud.') },
  },
  [],
  async (c) => c.json(await getCloud(callOf(c), c.req.valid('param').id), 200),
);
