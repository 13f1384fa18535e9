import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { describeDatabaseError } from '../../db/errors.ts';
import type { ApiEnv } from '../context.ts';

/** Answers with a stream of server-sent events. One that breaks off just ends: the client comes back by itself. */
export function streamEvents(c: Context<ApiEnv>, write: (stream: SSEStreamingApi) => Promise<void>): Response {
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, async (stream) => {
    try {
      await write(stream);
    } catch (error) {
      c.var.log.warn({ reason: describeDatabaseError(error) }, 'a stream broke off');
    }
  });
}
