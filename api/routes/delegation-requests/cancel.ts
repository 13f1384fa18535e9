import { defineRoute, json } from '../../openapi/define-route.ts';
import { delegationRequestSchema } from '../../schemas/delegation-request.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { cancelDelegationRequest } from '../../services/delegation-requests/cancel.ts';
import { callOf } from '../call.ts';

export const cancelRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/delegation-requests/{id}/cancel',
    operationId: 'cancelDelegationRequest',
    tags: ['Delegation requests'],
    summary: 'Cancel a delegation request',
    description: "AWS's own request cannot be withdrawn: it can still be answered in the AWS console, to no effect, until it expires.",
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: {
      200: json(delegationRequestSchema, 'Cancelled.'),
      202: json(delegationRequestSchema, 'Being cancelled; what was begun in the account is cleaned up.'),
    },
  },
  ['too_late', 'temporal_unavailable'],
  async (c) => {
    const { done, request } = await cancelDelegationRequest(callOf(c), c.req.valid('param').id);
    return c.json(request, done ? 200 : 202);
  },
);
