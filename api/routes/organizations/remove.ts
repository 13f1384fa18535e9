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
      .openapi({ description: "What stays in the customer's accounts; Muster no longer touches it." }),
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
        clouds: z
          .enum(['remove', 'keep'], { error: 'clouds is "remove" or "keep".' })
          .default('remove')
          .openapi({ description: '`keep`: they stay, unmanaged; those that had credentials of their own get them back.' }),
      }),
    },
    responses: { 200: json(removal, 'Removed.') },
  },
  [],
  async (c) => c.json(await removeOrganization(callOf(c), c.req.valid('param').id, c.req.valid('query').clouds), 200),
);
