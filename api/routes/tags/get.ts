import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { getTags } from '../../services/tags/get.ts';
import { callOf } from '../call.ts';
import { tagsSchema } from './schema.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/clouds/{id}/tags',
    operationId: 'getCloudTags',
    tags: ['Clouds'],
    summary: "Get the stored tags of a cloud's account",
    request: { params: idParameters },
    responses: { 200: json(tagsSchema, 'The tags.') },
  },
  [],
  async (c) => c.json({ tags: await getTags(callOf(c), c.req.valid('param').id) }, 200),
);
