import { defineRoute, json } from '../../openapi/define-route.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { syncSchema } from '../../schemas/sync.ts';
import { requestOrganizationWork } from '../../services/organizations/request-work.ts';
import { callOf } from '../call.ts';

export const recheckRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/{id}/recheck',
    operationId: 'recheckOrganization',
    tags: ['Organizations'],
    summary: "Check all of an organization's clouds that are not ok",
    description: 'Does not list the organization. Joins a queued recheck or sync if there is one.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(syncSchema, 'The sync that performs the checks.', { Location: 'Path of the sync.' }) },
  },
  ['temporal_unavailable'],
  async (c) => {
    const sync = await requestOrganizationWork(callOf(c), c.req.valid('param').id, 'recheck');
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
