import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { apiKeySchema } from '../../schemas/api-key.ts';
import { listOf, pageParameters } from '../../schemas/lists.ts';
import { listApiKeys } from '../../services/api-keys/list.ts';
import { callOf } from '../call.ts';

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/api-keys',
    operationId: 'listApiKeys',
    tags: ['Access'],
    summary: 'List the valid API keys, without the keys themselves',
    request: { query: z.strictObject(pageParameters) },
    responses: { 200: json(listOf(apiKeySchema), 'One page of API keys.') },
  },
  [],
  async (c) => c.json(await listApiKeys(callOf(c), c.req.valid('query')), 200),
);
