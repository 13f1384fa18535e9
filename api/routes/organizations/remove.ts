import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { removeOrganization } from '../../services/organizations/remove.ts';
import { callOf } from '../call.ts';

const removal = z
  .object({
    clouds: z.object({ removed: z.int(), kept: z.int() }),
    leftInAccounts: z
      .array(z.object({ type: z.string().openapi({ example: 'AWS::IAM::Role' }), name: z.string(), where: z.string() }))
      .openapi({ description: "Resources that stay in the customer's accounts. Muster no longer uses them." }),
  })
  .openapi('OrganizationRemoval');

export const removeRoute = defineRoute(
  {
    method: 'delete',
    path: '/v1/organizations/{id}',
    operationId: 'removeOrganization',
    tags: ['Organizations'],
    summary: 'Remove an organization',
    request: {
      params: idParameters,
      query: z.strictObject({
        clouds: z.enum(['remove', 'keep'], { error: 'clouds must be "remove" or "keep".' }).default('remove').openapi({
          description: '`remove` removes the clouds. `keep` keeps them, unmanaged; clouds that had their own credentials get them back.',
        }),
      }),
    },
    responses: { 200: json(removal, 'The organization is removed.') },
  },
  [],
  async (c) => c.json(await removeOrganization(callOf(c), c.req.valid('param').id, c.req.valid('query').clouds), 200),
);
