import { and, asc, eq, gt } from 'drizzle-orm';
import type { SSEStreamingApi } from 'hono/streaming';
import type { Database } from '../../db/client.ts';
import { delegationEvents, delegationRequests } from '../../db/schema/index.ts';
import { isFinalPhase } from '../../domain/delegation/states.ts';
import type { Call } from '../context.ts';
import { toDelegationRequest, toTimelineEntry } from '../schemas/delegation-request.ts';
import { followTopic } from './follow-topic.ts';

/** Maximum number of timeline entries held in memory for one reader. */
const pageSize = 100;

/**
 * Streams the timeline entries after the number `after`, and the request after each change, until a final phase (D8).
 * Entries are read from the database by number, so the reader gets each entry exactly once.
 */
export async function streamDelegationRequest(stream: SSEStreamingApi, call: Call, id: string, after: number): Promise<void> {
  const { db } = call.deps.database;
  let sent = after;
  let shown = '';
  await followTopic(stream, call, `delegation_request:${id}`, async (isOver) => {
    const [row] = await db.select().from(delegationRequests).where(eq(delegationRequests.id, id));
    if (!row) return 'ended';
    for (let complete = false; !complete && !isOver();) {
      const entries = await entriesAfter(db, id, sent);
      for (const entry of entries) {
        await stream.writeSSE({ event: 'timeline', id: String(entry.number), data: JSON.stringify(toTimelineEntry(entry)) });
        sent = entry.number;
      }
      complete = entries.length < pageSize;
    }
    const resource = JSON.stringify(toDelegationRequest(row));
    if (resource !== shown) await stream.writeSSE({ event: 'request', data: resource });
    shown = resource;
    return isFinalPhase(row.phase) ? 'ended' : 'goes_on';
  });
}

function entriesAfter(db: Database, requestId: string, number: number) {
  return db
    .select()
    .from(delegationEvents)
    .where(and(eq(delegationEvents.requestId, requestId), gt(delegationEvents.number, number)))
    .orderBy(asc(delegationEvents.number))
    .limit(pageSize);
}
