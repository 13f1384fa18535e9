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
    summary: 'Stream the updates of a sync',
    description:
      'Sends server-sent events. A `sync` event carries the whole sync; it is sent on connection and after each change. A comment follows every 15 s. The stream ends after a final phase.',
    request: { params: idParameters },
    responses: { 200: { description: 'A stream of server-sent events.', content: { 'text/event-stream': { schema: z.string() } } } },
  },
  [],
  async (c) => {
    const { id } = await findSync(c.var.deps.database.db, c.req.valid('param').id);
    return streamEvents(c, (stream) => streamSync(stream, callOf(c), id));
  },
);
