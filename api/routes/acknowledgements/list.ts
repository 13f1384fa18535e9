import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { acknowledgementSchema } from '../../schemas/acknowledgement.ts';
import { idParameters } from '../../schemas/fields.ts';
import { listOf, pageParameters } from '../../schemas/lists.ts';
import { listAcknowledgements } from '../../services/acknowledgements/list.ts';
import type { Owner } from '../../services/acknowledgements/owner.ts';
import { callOf } from '../call.ts';
import { owners } from './paths.ts';

export const listRoute = (type: Owner['type']) => {
  const { path, name, tag, of } = owners[type];
  return defineRoute(
    {
      method: 'get',
      path,
      operationId: `list${name}Acknowledgements`,
      tags: [tag],
      summary: `List the acknowledgements of ${of}`,
      request: {
        params: idParameters,
        query: z.strictObject({
          ...pageParameters,
          state: z.enum(['active', 'ended'], { error: 'state must be active or ended.' }).optional(),
        }),
      },
      responses: { 200: json(listOf(acknowledgementSchema), 'One page of acknowledgements, oldest first.') },
    },
    [],
    async (c) => c.json(await listAcknowledgements(callOf(c), { type, id: c.req.valid('param').id }, c.req.valid('query')), 200),
  );
};
