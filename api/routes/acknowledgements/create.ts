import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { acknowledgementSchema, newAcknowledgement, type Acknowledgement } from '../../schemas/acknowledgement.ts';
import { idParameters } from '../../schemas/fields.ts';
import { acknowledge } from '../../services/acknowledgements/create.ts';
import type { Owner } from '../../services/acknowledgements/owner.ts';
import { callOf } from '../call.ts';
import { owners } from './paths.ts';

export const createRoute = (type: Owner['type']) => {
  const { path, name, tag, of } = owners[type];
  return defineRoute(
    {
      method: 'post',
      path,
      operationId: `acknowledge${name}Warning`,
      tags: [tag],
      summary: `Acknowledge a warning of ${of}`,
      description:
        'Settles a warning until a time, at most 365 days ahead. It holds for exactly this code, policy and action, and for the text that the policy has now. `status` and counts leave acknowledged warnings out. For an organization, it also covers accounts that come later.',
      request: { params: idParameters, headers: idempotencyHeaders, body: body(newAcknowledgement) },
      responses: { 201: json(acknowledgementSchema, 'The acknowledgement.', { Location: 'Path of the acknowledgements.' }) },
    },
    ['idempotency_key_reused', 'idempotency_key_unverifiable'],
    (c) => {
      const { id } = c.req.valid('param');
      const input = c.req.valid('json');
      return answerOnce(c, {
        body: input,
        work: (once) => acknowledge(callOf(c), { type, id }, input, once),
        toAnswer: (made: Acknowledgement) => ({ status: 201, headers: { Location: path.replace('{id}', id) }, body: made }),
      });
    },
  );
};
