import { defineRoute, json } from '../../openapi/define-route.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { syncSchema } from '../../schemas/sync.ts';
import { requestOrganizationWork } from '../../services/organizations/request-work.ts';
import { callOf } from '../call.ts';

export const startSyncRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/{id}/syncs',
    operationId: 'startSync',
    tags: ['Organizations'],
    summary: 'Sync an organization now',
    description:
      'An organization runs one sync at a time. The call joins a queued sync, or a running sync that has not started planning. Otherwise, it queues a new sync.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(syncSchema, 'The new sync, or the sync that the call joined.', { Location: 'Path of the sync.' }) },
  },
  ['temporal_unavailable'],
  async (c) => {
    const sync = await requestOrganizationWork(callOf(c), c.req.valid('param').id, 'sync');
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
