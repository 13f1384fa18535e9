import { eq } from 'drizzle-orm';
import type { SSEStreamingApi } from 'hono/streaming';
import { syncs } from '../../db/schema/index.ts';
import { isFinalSyncPhase } from '../../domain/organizations/sync.ts';
import type { Call } from '../context.ts';
import { toSync } from '../schemas/sync.ts';
import { followTopic } from './follow-topic.ts';

/**
 * Writes a piece of work whenever it changed, until a final phase was shown (O9), or until it goes with its organization.
 * Each event is the whole resource, so whoever comes back has missed nothing with the first one.
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
