import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { badgeSchema } from '../../schemas/badge.ts';
import { idParameters } from '../../schemas/fields.ts';
import { listOf, pageParameters } from '../../schemas/lists.ts';
import { listBadges } from '../../services/badges/list.ts';
import { callOf } from '../call.ts';

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/clouds/{id}/badges',
    operationId: 'listCloudBadges',
    tags: ['Clouds'],
    summary: "List a cloud's badges, sorted by key",
    request: { params: idParameters, query: z.strictObject(pageParameters) },
    responses: { 200: json(listOf(badgeSchema), 'One page of badges.') },
  },
  [],
  async (c) => c.json(await listBadges(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
