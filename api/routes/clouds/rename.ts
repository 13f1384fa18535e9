import { z } from '@hono/zod-openapi';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema } from '../../schemas/cloud.ts';
import { idParameters, nickname } from '../../schemas/fields.ts';
import { renameCloud } from '../../services/clouds/rename.ts';
import { callOf } from '../call.ts';

const cloudChange = z.strictObject({ nickname }).openapi('CloudChange');

export const renameRoute = defineRoute(
  {
    method: 'patch',
    path: '/v1/clouds/{id}',
    operationId: 'renameCloud',
    tags: ['Clouds'],
    summary: "Change a cloud's nickname",
    request: { params: idParameters, body: body(cloudChange) },
    responses: { 200: json(cloudSchema, 'The cloud.') },
  },
  ['nickname_taken'],
  async (c) => c.json(await renameCloud(callOf(c), c.req.valid('param').id, c.req.valid('json').nickname), 200),
);
