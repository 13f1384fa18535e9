import { and, eq, isNull } from 'drizzle-orm';
import type { SSEStreamingApi } from 'hono/streaming';
import type { Database } from '../../db/client.ts';
import { apiKeys } from '../../db/schema/index.ts';
import type { Call } from '../context.ts';
import { Bell } from './bell.ts';

/** When a client shall come back after we ended its stream, in milliseconds. */
const retryAfter = 1_000;
/** How much later, at most, when the process stops, in milliseconds. */
const retrySpread = 4_000;

/**
 * Lets `show` write what is new, at the beginning and after every change of the topic, until it answers that nothing
 * more will come, the reader left, its API key was revoked, or the process stops (D8). `show` reads the database itself,
 * so a slow reader holds back its own reading and nothing else; it stops in between when `isOver` says so.
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
    await stream.write(`retry: ${retryAfter}\n\n`);
    let nextLook = performance.now() + intervals.streamLookMs;
    while (!isOver()) {
      if ((await show(isOver)) === 'ended') return;
      const hasRung = await bell.answer(Math.max(nextLook - performance.now(), 0));
      // However often it rings, the look comes: whoever revokes a key wants its streams to end.
      if (hasRung && performance.now() < nextLook) continue;
      if (!(await isStillValid(database.db, call.actor.apiKeyId))) return;
      await stream.write(': still here\n\n');
      nextLook = performance.now() + intervals.streamLookMs;
    }
    // Spread out, so that the readers of a process that stops do not all come at once to the ones that are left.
    if (!stream.aborted) await stream.write(`retry: ${retryAfter + Math.floor(Math.random() * retrySpread)}\n\n`);
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
