import { defineRoute } from '../../openapi/define-route.ts';
import { badgeKeyQuery, badgeParameters } from '../../schemas/badge.ts';
import { idParameters } from '../../schemas/fields.ts';
import { deleteBadge } from '../../services/badges/delete.ts';
import { callOf } from '../call.ts';

export const deleteRoute = defineRoute(
  {
    method: 'delete',
    path: '/v1/clouds/{id}/badges/{key}',
    operationId: 'deleteCloudBadge',
    tags: ['Clouds'],
    summary: 'Remove a badge from a cloud',
    request: { params: badgeParameters },
    responses: { 204: { description: 'The badge is removed.' } },
  },
  ['badge_is_reserved'],
  async (c) => {
    const { id, key } = c.req.valid('param');
    await deleteBadge(callOf(c), id, key);
    return c.body(null, 204);
  },
);

export const deleteByQueryRoute = defineRoute(
  {
    method: 'delete',
    path: '/v1/clouds/{id}/badges',
    operationId: 'deleteCloudBadgeByQuery',
    tags: ['Clouds'],
    summary: 'Remove a badge from a cloud, with the key in the query',
    request: { params: idParameters, query: badgeKeyQuery },
    responses: { 204: { description: 'The badge is removed.' } },
  },
  ['badge_is_reserved'],
  async (c) => {
    await deleteBadge(callOf(c), c.req.valid('param').id, c.req.valid('query').key);
    return c.body(null, 204);
  },
);
