import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { getPermissionPolicy } from '../../services/delegation-requests/policy.ts';
import { callOf } from '../call.ts';

export const policyRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/delegation-requests/{id}/policy',
    operationId: 'getDelegationRequestPolicy',
    tags: ['Delegation requests'],
    summary: 'Get the permission policy that Muster sent to AWS',
    request: { params: idParameters },
    responses: {
      200: json(z.record(z.string(), z.unknown()).openapi({ description: 'An IAM policy document.' }), 'The permission policy.'),
    },
  },
  ['policy_not_ready'],
  async (c) => c.json(await getPermissionPolicy(callOf(c), c.req.valid('param').id), 200),
);
