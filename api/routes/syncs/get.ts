import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { syncSchema, toSync } from '../../schemas/sync.ts';
import { findSync } from '../../services/syncs/find.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/syncs/{id}',
    operationId: 'getSync',
    tags: ['Organizations'],
    summary: 'A sync',
    request: { params: idParameters },
    responses: { 200: json(syncSchema, 'The sync.') },
  },
  [],
  async (c) => c.json(toSync(await findSync(c.var.deps.database.db, c.req.valid('param').id)), 200),
);
