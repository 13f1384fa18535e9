import { z } from '@hono/zod-openapi';
import { streamEvents } from '../../events/stream-events.ts';
import { streamSync } from '../../events/sync-stream.ts';
import { defineRoute } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { findSync } from '../../services/syncs/find.ts';
import { callOf } from '../call.ts';

export const eventsRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/syncs/{id}/events',
    operationId: 'streamSync',
    tags: ['Organizations'],
    summary: 'Live updates of a sync',
    description:
      'Server-sent events: the sync as event `sync` on connection and whenever it changes, a comment every 15 s. Ends after a final phase.',
    request: { params: idParameters },
    responses: { 200: { description: 'A stream of server-sent events.', content: { 'text/event-stream': { schema: z.string() } } } },
  },
  [],
  async (c) => {
    const { id } = await findSync(c.var.deps.database.db, c.req.valid('param').id);
    return streamEvents(c, (stream) => streamSync(stream, callOf(c), id));
  },
);
