import { z } from '@hono/zod-openapi';
import { streamDelegationRequest } from '../../events/delegation-stream.ts';
import { lastEventNumber } from '../../events/last-event-id.ts';
import { streamEvents } from '../../events/stream-events.ts';
import { defineRoute } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { findDelegationRequest } from '../../services/delegation-requests/find.ts';
import { callOf } from '../call.ts';

export const eventsRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/delegation-requests/{id}/events',
    operationId: 'streamDelegationRequest',
    tags: ['Delegation requests'],
    summary: 'Live updates of a delegation request',
    description:
      'Server-sent events: each timeline entry as event `timeline` with its number as id, the request as event `request` on connection and whenever it changes, a comment every 15 s. Ends after a final phase. Resumable by Last-Event-ID.',
    request: {
      params: idParameters,
      headers: z.object({
        'Last-Event-ID': z.string().optional().openapi({ description: 'The number of the last entry that the client has.' }),
      }),
      query: z.strictObject({
        lastEventId: z
          .string({ error: 'Give lastEventId once.' })
          .optional()
          .openapi({ description: 'The same, for clients that cannot send the header.' }),
      }),
    },
    responses: { 200: { description: 'A stream of server-sent events.', content: { 'text/event-stream': { schema: z.string() } } } },
  },
  [],
  async (c) => {
    const { id } = c.req.valid('param');
    await findDelegationRequest(c.var.deps.database.db, id);
    const after = lastEventNumber(c.req.header('last-event-id'), c.req.valid('query').lastEventId);
    return streamEvents(c, (stream) => streamDelegationRequest(stream, callOf(c), id, after));
  },
);
