import { eq } from 'drizzle-orm';
import type { SSEStreamingApi } from 'hono/streaming';
import { syncs } from '../../db/schema/index.ts';
import { isFinalSyncPhase } from '../../domain/organizations/sync.ts';
import type { Call } from '../context.ts';
import { toSync } from '../schemas/sync.ts';
import { followTopic } from './follow-topic.ts';

/**
 * Streams a sync after each change (O9), until a final phase or until its organization is removed. Each event is the whole
 * resource, so the first event after a reconnect is enough.
 */
export async function streamSync(stream: SSEStreamingApi, call: Call, id: string): Promise<void> {
  const { db } = call.deps.database;
  let shown = '';
  await followTopic(stream, call, `sync:${id}`, async () => {
    const [row] = await db.select().from(syncs).where(eq(syncs.id, id));
    if (!row) return 'ended';
    const resource = JSON.stringify(toSync(row));
    if (resource !== shown) await stream.writeSSE({ event: 'sync', data: resource });
    shown = resource;
    return isFinalSyncPhase(row.phase) ? 'ended' : 'goes_on';
  });
}
