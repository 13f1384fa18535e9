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
    summary: 'Its service control policies and their targets, by name',
    description: 'As of the newest complete listing. A target that has no policy of the customer is not named: it has FullAWSAccess alone.',
    request: { params: idParameters, query: z.strictObject(pageParameters) },
    responses: { 200: json(listOf(policySchema), 'A page.') },
  },
  [],
  async (c) => c.json(await listPolicies(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
