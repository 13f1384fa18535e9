import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import type { SSEStreamingApi } from 'hono/streaming';
import type { Database } from '../../db/client.ts';
import { apiKeys, delegationEvents, delegationRequests } from '../../db/schema/index.ts';
import { isFinalPhase } from '../../domain/delegation/states.ts';
import type { Call } from '../context.ts';
import { toDelegationRequest, toTimelineEntry } from '../schemas/delegation-request.ts';
import { Bell } from './bell.ts';

/** How long nothing happens before a comment keeps proxies from closing the connection, in milliseconds. */
const quietInterval = 15_000;
/** When a client shall come back after we ended its stream, in milliseconds. */
const retryAfter = 1_000;
/** How much later, at most, when the process stops, in milliseconds. */
const retrySpread = 4_000;
/** The most timeline entries that are held in memory for one reader. */
const pageSize = 100;

/**
 * Writes a request's timeline entries behind `after`, and the request whenever it changed, until a final phase was
 * shown, the reader left, its API key was revoked, or the process stops (D8). Every entry is read from the database by
 * its number, so none is missed and none comes twice; a slow reader holds back its own reading and nothing else.
 */
export async function streamDelegationRequest(stream: SSEStreamingApi, call: Call, id: string, after: number): Promise<void> {
  const { database, hub, stopping } = call.deps;
  const bell = new Bell();
  const ring = (): void => bell.ring();
  const unsubscribe = hub.subscribe(`delegation_request:${id}`, ring);
  stopping.addEventListener('abort', ring);
  stream.onAbort(ring);
  const isOver = (): boolean => stopping.aborted || stream.aborted;
  try {
    await stream.write(`retry: ${retryAfter}\n\n`);
    let sent = after;
    let shown = '';
    while (!isOver()) {
      const [row] = await database.db.select().from(delegationRequests).where(eq(delegationRequests.id, id));
      if (!row) return;
      for (let complete = false; !complete && !isOver();) {
        const entries = await entriesBehind(database.db, id, sent);
        for (const entry of entries) {
          await stream.writeSSE({ event: 'timeline', id: String(entry.number), data: JSON.stringify(toTimelineEntry(entry)) });
          sent = entry.number;
        }
        complete = entries.length < pageSize;
      }
      const resource = JSON.stringify(toDelegationRequest(row));
      if (resource !== shown) await stream.writeSSE({ event: 'request', data: resource });
      shown = resource;
      if (isFinalPhase(row.phase)) return;
      if (!(await bell.answer(quietInterval))) {
        if (!(await isStillValid(database.db, call.actor.apiKeyId))) return;
        await stream.write(': still here\n\n');
      }
    }
    // Spread out, so that the readers of a process that stops do not all come at once to the ones that are left.
    if (!stream.aborted) await stream.write(`retry: ${retryAfter + Math.floor(Math.random() * retrySpread)}\n\n`);
  } finally {
    unsubscribe();
    stopping.removeEventListener('abort', ring);
  }
}

function entriesBehind(db: Database, requestId: string, number: number) {
  return db
    .select()
    .from(delegationEvents)
    .where(and(eq(delegationEvents.requestId, requestId), gt(delegationEvents.number, number)))
    .orderBy(asc(delegationEvents.number))
    .limit(pageSize);
}

async function isStillValid(db: Database, apiKeyId: string): Promise<boolean> {
  const [key] = await db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.id, apiKeyId), isNull(apiKeys.revokedAt)));
  return key !== undefined;
}
