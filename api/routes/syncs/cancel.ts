import { defineRoute, json } from '../../openapi/define-route.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { syncSchema } from '../../schemas/sync.ts';
import { cancelSync } from '../../services/syncs/cancel.ts';
import { callOf } from '../call.ts';

export const cancelRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/syncs/{id}/cancel',
    operationId: 'cancelSync',
    tags: ['Organizations'],
    summary: 'Cancel a queued or running sync',
    description:
      'A queued sync is `cancelled` at once. A running sync becomes `cancelled` once it has stopped; the event stream reports when that happens. Changes that it has already made stay.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(syncSchema, 'The sync, which is cancelled or about to stop.', { Location: 'Path of the sync.' }) },
  },
  ['too_late', 'temporal_unavailable'],
  async (c) => {
    const sync = await cancelSync(callOf(c), c.req.valid('param').id);
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
