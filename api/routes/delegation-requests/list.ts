import { z } from '@hono/zod-openapi';
import { delegationPhases } from '../../../domain/delegation/states.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { delegationRequestSchema } from '../../schemas/delegation-request.ts';
import { listOf, pageParameters, repeatable, searchParameter } from '../../schemas/lists.ts';
import { listDelegationRequests } from '../../services/delegation-requests/list.ts';
import { callOf } from '../call.ts';

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/delegation-requests',
    operationId: 'listDelegationRequests',
    tags: ['Delegation requests'],
    summary: 'List the delegation requests, newest first',
    request: {
      query: z.strictObject({
        ...pageParameters,
        phase: repeatable(z.enum(delegationPhases, { error: `phase must be one of ${delegationPhases.join(', ')}.` }), {
          items: { type: 'string', enum: [...delegationPhases] },
          description: 'May repeat. Matches any of the values.',
        }),
        search: searchParameter('Part of the nickname or of the account id.'),
      }),
    },
    responses: { 200: json(listOf(delegationRequestSchema), 'One page of delegation requests.') },
  },
  [],
  async (c) => c.json(await listDelegationRequests(callOf(c), c.req.valid('query')), 200),
);
