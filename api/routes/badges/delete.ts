import { defineRoute } from '../../openapi/define-route.ts';
import { badgeParameters } from '../../schemas/badge.ts';
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
