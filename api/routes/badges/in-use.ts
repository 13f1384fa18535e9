import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { tagKey } from '../../schemas/badge.ts';
import { listOf, pageParameters } from '../../schemas/lists.ts';
import { listBadgesInUse } from '../../services/badges/list-in-use.ts';
import { callOf } from '../call.ts';

const badgeInUse = z
  .object({ key: z.string(), value: z.string(), count: z.int().openapi({ description: 'Number of clouds with this badge.' }) })
  .openapi('BadgeInUse');

export const inUseRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/badges',
    operationId: 'listBadges',
    tags: ['Clouds'],
    summary: 'List the badges in use, with counts',
    request: { query: z.strictObject({ ...pageParameters, key: tagKey.optional() }) },
    responses: { 200: json(listOf(badgeInUse), 'One page of badges in use.') },
  },
  [],
  async (c) => c.json(await listBadgesInUse(callOf(c), c.req.valid('query')), 200),
);
