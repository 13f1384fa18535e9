import { defineRoute } from '../../openapi/define-route.ts';
import { acknowledgementParameters } from '../../schemas/acknowledgement.ts';
import { endAcknowledgement } from '../../services/acknowledgements/end.ts';
import type { Owner } from '../../services/acknowledgements/owner.ts';
import { callOf } from '../call.ts';
import { owners } from './paths.ts';

export const endRoute = (type: Owner['type']) => {
  const { path, name, tag, of } = owners[type];
  return defineRoute(
    {
      method: 'delete',
      path: `${path}/{ackId}`,
      operationId: `end${name}Acknowledgement`,
      tags: [tag],
      summary: `End an acknowledgement of ${of}`,
      request: { params: acknowledgementParameters },
      responses: { 204: { description: 'The acknowledgement has ended, and its warnings count again.' } },
    },
    [],
    async (c) => {
      const { id, ackId } = c.req.valid('param');
      await endAcknowledgement(callOf(c), { type, id }, ackId);
      return c.body(null, 204);
    },
  );
};
