import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { syncSchema } from '../../schemas/sync.ts';
import { getSync } from '../../services/syncs/get.ts';
import { callOf } from '../call.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/syncs/{id}',
    operationId: 'getSync',
    tags: ['Organizations'],
    summary: 'Get a sync',
    request: { params: idParameters },
    responses: { 200: json(syncSchema, 'The sync.') },
  },
  [],
  async (c) => c.json(await getSync(callOf(c), c.req.valid('param').id), 200),
);
