import { defineRoute, json } from '../../openapi/define-route.ts';
import { delegationRequestWithTimelineSchema } from '../../schemas/delegation-request.ts';
import { idParameters } from '../../schemas/fields.ts';
import { getDelegationRequest } from '../../services/delegation-requests/get.ts';
import { callOf } from '../call.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/delegation-requests/{id}',
    operationId: 'getDelegationRequest',
    tags: ['Delegation requests'],
    summary: 'Get a delegation request with its timeline',
    request: { params: idParameters },
    responses: { 200: json(delegationRequestWithTimelineSchema, 'The delegation request.') },
  },
  [],
  async (c) => c.json(await getDelegationRequest(callOf(c), c.req.valid('param').id), 200),
);
