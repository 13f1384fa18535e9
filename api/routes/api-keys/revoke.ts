import { defineRoute } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { revokeApiKey } from '../../services/api-keys/revoke.ts';
import { callOf } from '../call.ts';

export const revokeRoute = defineRoute(
  {
    method: 'delete',
    path: '/v1/api-keys/{id}',
    operationId: 'revokeApiKey',
    tags: ['Access'],
    summary: 'Revoke an API key permanently',
    request: { params: idParameters },
    responses: { 204: { description: 'The API key is revoked.' } },
  },
  ['last_admin_key'],
  async (c) => {
    await revokeApiKey(callOf(c), c.req.valid('param').id);
    return c.body(null, 204);
  },
);
