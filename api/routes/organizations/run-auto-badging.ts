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
    summary: 'Read the tags of its accounts and make badges of them now',
    description: 'Without a listing. Joins a run that waits already. Also while the schedule is paused.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(syncSchema, 'The work that does it.', { Location: 'That work.' }) },
  },
  ['temporal_unavailable'],
  async (c) => {
    const sync = await requestOrganizationWork(callOf(c), c.req.valid('param').id, 'badging');
    return c.json(sync, 202, { Location: resourcePath({ type: 'sync', id: sync.id }) });
  },
);
