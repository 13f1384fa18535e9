import { and, eq, isNull } from 'drizzle-orm';
import type { SSEStreamingApi } from 'hono/streaming';
import type { Database } from '../../db/client.ts';
import { apiKeys } from '../../db/schema/index.ts';
import type { Call } from '../context.ts';
import { Bell } from './bell.ts';

/** Delay after which clients reconnect to a stream that the API ended. */
const reconnectMs = 1_000;
/** Maximum random addition to that delay when the process stops. */
const maxReconnectSpreadMs = 4_000;

/**
 * Calls `show` at the start and after each change of the topic (D8). The stream ends when `show` returns 'ended', the
 * reader disconnects, its API key is revoked or the process stops. `show` reads the database itself, so a slow reader
 * delays only its own stream. A long `show` checks `isOver` and returns early.
 */
export async function followTopic(
  stream: SSEStreamingApi,
  call: Call,
  topic: string,
  show: (isOver: () => boolean) => Promise<'ended' | 'goes_on'>,
): Promise<void> {
  const { database, hub, stopping, intervals } = call.deps;
  const bell = new Bell();
  const ring = (): void => bell.ring();
  const unsubscribe = hub.subscribe(topic, ring);
  stopping.addEventListener('abort', ring);
  stream.onAbort(ring);
  const isOver = (): boolean => stopping.aborted || stream.aborted;
  try {
    await stream.write(`retry: ${reconnectMs}\n\n`);
    let nextHeartbeat = performance.now() + intervals.streamHeartbeatMs;
    while (!isOver()) {
      if ((await show(isOver)) === 'ended') return;
      const hasRung = await bell.wait(Math.max(nextHeartbeat - performance.now(), 0));
      // Frequent changes must not delay the check of the API key: the streams of a revoked key must end.
      if (hasRung && performance.now() < nextHeartbeat) continue;
      if (!(await isStillValid(database.db, call.actor.apiKeyId))) return;
      await stream.write(': still here\n\n');
      nextHeartbeat = performance.now() + intervals.streamHeartbeatMs;
    }
    // A random delay keeps the readers of a stopping process from reconnecting to the other processes all at once.
    if (!stream.aborted) await stream.write(`retry: ${reconnectMs + Math.floor(Math.random() * maxReconnectSpreadMs)}\n\n`);
  } finally {
    unsubscribe();
    stopping.removeEventListener('abort', ring);
  }
}

async function isStillValid(db: Database, apiKeyId: string): Promise<boolean> {
  const [key] = await db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.id, apiKeyId), isNull(apiKeys.revokedAt)));
  return key !== undefined;
}
