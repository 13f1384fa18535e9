import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { policyTargetSchema } from '../../schemas/policy.ts';
import { readCloudPolicies } from '../../services/clouds/policies.ts';
import { callOf } from '../call.ts';

const cloudPolicies = z
  .object({
    inEffect: z.boolean().openapi({
      description:
        'False for the management account, which service control policies do not restrict, and for clouds without an organization.',
    }),
    items: z
      .array(
        z.object({
          target: policyTargetSchema,
          policies: z.array(z.object({ id: z.string(), name: z.string(), awsManaged: z.boolean() })),
        }),
      )
      .openapi({ description: 'The targets from the root down to the account itself.' }),
  })
  .openapi('CloudPolicies');

export const policiesRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/clouds/{id}/policies',
    operationId: 'getCloudPolicies',
    tags: ['Clouds'],
    summary: "List the service control policies on a cloud's organization path",
    description: "Shows the organization's newest complete listing. Empty for a cloud that no organization manages.",
    request: { params: idParameters },
    responses: { 200: json(cloudPolicies, 'Each target on the path with its policies.') },
  },
  [],
  async (c) => c.json(await readCloudPolicies(callOf(c), c.req.valid('param').id), 200),
);
