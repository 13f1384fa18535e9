import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { syncSchema } from '../../schemas/sync.ts';
import { confirmRemovals } from '../../services/syncs/confirm-removals.ts';
import { callOf } from '../call.ts';

const answer = z
  .strictObject({ confirm: z.boolean({ error: 'confirm must be true (remove the clouds) or false (keep them).' }) })
  .openapi('RemovalsAnswer');

export const confirmRemovalsRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/syncs/{id}/confirm-removals',
    operationId: 'confirmRemovals',
    tags: ['Organizations'],
    summary: 'Confirm or refuse the held removals of a sync',
    description:
      '`true` removes the clouds that the sync planned to remove, except clouds that have changed since. The removal continues after the response. `false` keeps all of them. A 409 shows the state of the removals.',
    request: { params: idParameters, body: { required: true, content: { 'application/json': { schema: answer } } } },
    responses: { 202: json(syncSchema, 'The sync.', { Location: 'Path of the sync.' }) },
  },
  ['no_removals_held', 'too_late', 'no_worker', 'temporal_unavailable'],
  async (c) => {
    const sync = await confirmRemovals(callOf(c), c.req.valid('param').id, c.req.valid('json').confirm);
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
