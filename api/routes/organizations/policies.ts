import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { listOf, pageParameters } from '../../schemas/lists.ts';
import { policySchema } from '../../schemas/policy.ts';
import { listPolicies } from '../../services/organizations/policies.ts';
import { callOf } from '../call.ts';

export const policiesRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/organizations/{id}/policies',
    operationId: 'listOrganizationPolicies',
    tags: ['Organizations'],
    summary: "List an organization's service control policies and their targets, sorted by name",
    description: 'Shows the newest complete listing. Targets that have FullAWSAccess only are left out.',
    request: { params: idParameters, query: z.strictObject(pageParameters) },
    responses: { 200: json(listOf(policySchema), 'One page of policies.') },
  },
  [],
  async (c) => c.json(await listPolicies(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
