import { defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema } from '../../schemas/cloud.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { recheckCloud } from '../../services/clouds/recheck.ts';
import { callOf } from '../call.ts';

export const recheckRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/clouds/{id}/recheck',
    operationId: 'recheckCloud',
    tags: ['Clouds'],
    summary: "Check a cloud's role now",
    description:
      'Starts a check, or joins the check that is running. `lastCheckedAt` changes when the check ends. Muster does not check a suspended account that an organization manages.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 202: json(cloudSchema, 'The cloud as it was before the check.', { Location: 'Path of the cloud.' }) },
  },
  ['cloud_is_suspended', 'temporal_unavailable'],
  async (c) => {
    const cloud = await recheckCloud(callOf(c), c.req.valid('param').id);
    return c.json(cloud, 202, { Location: resourcePath({ type: 'cloud', id: cloud.id }) });
  },
);
