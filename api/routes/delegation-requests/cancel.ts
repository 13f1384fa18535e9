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
    description:
      'Muster cannot withdraw the request at AWS. If it is not answered yet, an approver can still answer it in the AWS console until it expires there, without effect.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: {
      200: json(delegationRequestSchema, 'The request is cancelled.'),
      202: json(delegationRequestSchema, 'The cancellation has started. The worker removes the resources that it created in the account.'),
    },
  },
  ['too_late', 'no_worker', 'temporal_unavailable'],
  async (c) => {
    const { done, request } = await cancelDelegationRequest(callOf(c), c.req.valid('param').id);
    return c.json(request, done ? 200 : 202);
  },
);
