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
    summary: 'List the clouds, oldest first',
    request: {
      query: z.strictObject({
        ...pageParameters,
        search: searchParameter('Part of the nickname, of the account name or of the account id.'),
        status: repeatable(cloudStatusSchema, {
          items: { type: 'string', enum: [...cloudStatuses] },
          description: 'May repeat. Matches any of the values.',
        }),
        organizationId: givenId('organizationId must be the UUID of an organization in Muster.').optional(),
        badge: repeatable(badgeFilter, {
          items: { type: 'string' },
          description:
            'A badge as `key:value`. May repeat; a cloud must have all of the badges. A colon inside the key is written as `\\:`.',
        }),
      }),
    },
    responses: { 200: json(listOf(cloudSchema), 'One page of clouds.') },
  },
  [],
  async (c) => c.json(await listClouds(callOf(c), c.req.valid('query')), 200),
);
