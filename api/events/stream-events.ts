import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { withoutDatabaseBudget } from '../../db/driver/budget.ts';
import { describeDatabaseError } from '../../db/errors.ts';
import type { ApiEnv } from '../context.ts';
import { ServiceError } from '../problems/service-error.ts';

/** Responds with a stream of server-sent events. After an error the stream ends, and the client reconnects. */
export function streamEvents(c: Context<ApiEnv>, write: (stream: SSEStreamingApi) => Promise<void>): Response {
  c.header('X-Accel-Buffering', 'no');
  // Hono serves HEAD with the handler of GET and drops the body. A stream without a reader would never end.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const { actor, deps } = c.var;
  const close = deps.callerLimits.openStream(actor.apiKeyId);
  if (!close) {
    throw new ServiceError({
      code: 'too_many_streams',
      detail: 'This API key has too many open event streams. Close one, or use another API key.',
      retryAfterSeconds: 10,
    });
  }
  return streamSSE(c, async (stream) => {
    try {
      // A stream outlasts its call. Each of its statements keeps its own limits.
      await withoutDatabaseBudget(() => write(stream));
    } catch (error) {
      c.var.log.warn({ reason: describeDatabaseError(error) }, 'an event stream ended early');
    } finally {
      close();
    }
  });
}
