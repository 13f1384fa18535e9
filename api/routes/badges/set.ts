import { z } from '@hono/zod-openapi';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { badgeKeyQuery, badgeParameters, badgeSchema, tagValue } from '../../schemas/badge.ts';
import { idParameters } from '../../schemas/fields.ts';
import { setBadge } from '../../services/badges/set.ts';
import { callOf } from '../call.ts';

const badgeValue = z.strictObject({ value: tagValue }).openapi('BadgeValue');

export const setRoute = defineRoute(
  {
    method: 'put',
    path: '/v1/clouds/{id}/badges/{key}',
    operationId: 'setCloudBadge',
    tags: ['Clouds'],
    summary: 'Add a badge or change its value',
    request: { params: badgeParameters, body: body(badgeValue) },
    responses: { 200: json(badgeSchema, 'The badge.') },
  },
  ['badge_is_reserved'],
  async (c) => {
    const { id, key } = c.req.valid('param');
    return c.json(await setBadge(callOf(c), id, key, c.req.valid('json').value), 200);
  },
);

export const setByQueryRoute = defineRoute(
  {
    method: 'put',
    path: '/v1/clouds/{id}/badges',
    operationId: 'setCloudBadgeByQuery',
    tags: ['Clouds'],
    summary: 'Add a badge or change its value, with the key in the query',
    request: { params: idParameters, query: badgeKeyQuery, body: body(badgeValue) },
    responses: { 200: json(badgeSchema, 'The badge.') },
  },
  ['badge_is_reserved'],
  async (c) => c.json(await setBadge(callOf(c), c.req.valid('param').id, c.req.valid('query').key, c.req.valid('json').value), 200),
);
