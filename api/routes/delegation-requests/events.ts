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
    summary: 'Stream the updates of a delegation request',
    description:
      'Sends server-sent events. A `timeline` event carries one timeline entry, with its number as the event id. A `request` event carries the whole delegation request; it is sent on connection and after each change. A comment follows every 15 s. The stream ends after a final phase. A client resumes it with Last-Event-ID.',
    request: {
      params: idParameters,
      headers: z.object({
        'Last-Event-ID': z.string().optional().openapi({ description: 'Number of the last timeline entry that the client received.' }),
      }),
      query: z.strictObject({
        lastEventId: z
          .string({ error: 'Specify lastEventId only once.' })
          .optional()
          .openapi({ description: 'The same as Last-Event-ID, for clients that cannot send the header.' }),
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
