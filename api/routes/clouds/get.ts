import { defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema, toCloud } from '../../schemas/cloud.ts';
import { idParameters } from '../../schemas/fields.ts';
import { findCloud } from '../../services/clouds/find.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/clouds/{id}',
    operationId: 'getCloud',
    tags: ['Clouds'],
    summary: 'A cloud',
    request: { params: idParameters },
    responses: { 200: json(cloudSchema, 'The cloud.') },
  },
  [],
  async (c) => c.json(toCloud(await findCloud(c.var.deps.database.db, c.req.valid('param').id)), 200),
);
