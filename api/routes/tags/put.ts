import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { replaceTags } from '../../services/tags/replace.ts';
import { callOf } from '../call.ts';
import { tagsSchema } from './schema.ts';

export const putRoute = defineRoute(
  {
    method: 'put',
    path: '/v1/clouds/{id}/tags',
    operationId: 'replaceCloudTags',
    tags: ['Clouds'],
    summary: "Replace the stored tags of a cloud's account",
    description: "Muster writes nothing to AWS, and overwrites the stored tags when it next reads the account's tags.",
    request: { params: idParameters, body: body(tagsSchema) },
    responses: { 200: json(tagsSchema, 'The tags.') },
  },
  [],
  async (c) => c.json({ tags: await replaceTags(callOf(c), c.req.valid('param').id, c.req.valid('json').tags) }, 200),
);
