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
    summary: 'Cancel a sync that waits or runs',
    description:
      'One that waits is `cancelled` at once. One that runs is so once it has stopped, and the stream tells; what it has done so far stays.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(syncSchema, 'The sync; it is cancelled, or is being stopped.', { Location: 'The sync.' }) },
  },
  ['too_late', 'temporal_unavailable'],
  async (c) => {
    const sync = await cancelSync(callOf(c), c.req.valid('param').id);
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
