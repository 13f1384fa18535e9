import { defineRoute, json } from '../../openapi/define-route.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { syncSchema } from '../../schemas/sync.ts';
import { requestOrganizationWork } from '../../services/organizations/request-work.ts';
import { callOf } from '../call.ts';

export const runAutoBadgingRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/{id}/auto-badging/run',
    operationId: 'runAutoBadging',
    tags: ['Organizations'],
    summary: "Read the tags of an organization's accounts and update their badges now",
    description: 'Does not list the organization. Joins a queued run if there is one. The schedule may be paused.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(syncSchema, 'The sync that performs the run.', { Location: 'Path of the sync.' }) },
  },
  ['temporal_unavailable'],
  async (c) => {
    const sync = await requestOrganizationWork(callOf(c), c.req.valid('param').id, 'badging');
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
