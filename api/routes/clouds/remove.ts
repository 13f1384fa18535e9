import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { removeCloud } from '../../services/clouds/remove.ts';
import { callOf } from '../call.ts';

const removal = z
  .object({
    leftInAccount: z
      .array(z.object({ type: z.string().openapi({ example: 'AWS::CloudFormation::Stack' }), name: z.string() }))
      .openapi({ description: "Resources that stay in the customer's account. Muster no longer uses them." }),
  })
  .openapi('CloudRemoval');

export const removeRoute = defineRoute(
  {
    method: 'delete',
    path: '/v1/clouds/{id}',
    operationId: 'removeCloud',
    tags: ['Clouds'],
    summary: 'Remove a cloud',
    request: { params: idParameters },
    responses: { 200: json(removal, 'The cloud is removed.') },
  },
  ['cloud_is_managed'],
  async (c) => c.json({ leftInAccount: await removeCloud(callOf(c), c.req.valid('param').id) }, 200),
);
