import { z } from '@hono/zod-openapi';
import { cloudStatuses } from '../../../domain/clouds/status.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { badgeFilter } from '../../schemas/badge.ts';
import { cloudSchema, cloudStatusSchema } from '../../schemas/cloud.ts';
import { givenId } from '../../schemas/fields.ts';
import { listOf, pageParameters, repeatable, searchParameter } from '../../schemas/lists.ts';
import { listClouds } from '../../services/clouds/list.ts';
import { callOf } from '../call.ts';

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/clouds',
    operationId: 'listClouds',
    tags: ['Clouds'],
    summary: 'The clouds listing, oldest first',
    request: {
      query: z.strictObject({
        ...pageParameters,
        search: searchParameter('Part of the nickname, account name or account id.'),
        status: repeatable(cloudStatusSchema, {
          items: { type: 'string', enum: [...cloudStatuses] },
          description: 'May repeat: any of them.',
        }),
        organizationId: givenId("organizationId is an organization's id here, a UUID.").optional(),
        badge: repeatable(badgeFilter, {
          items: { type: 'string' },
          description: '`key:value`. May repeat: all must hold. A colon inside the key is written `\\:`.',
        }),
      }),
    },
    responses: { 200: json(listOf(cloudSchema), 'A page.') },
  },
  [],
  async (c) => c.json(await listClouds(callOf(c), c.req.valid('query')), 200),
);
