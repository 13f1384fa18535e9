import { and, eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationEvents } from '../../db/schema/index.ts';

/** Whether a request's timeline has an entry with this key. */
export async function isOnTimeline(db: Queryable, requestId: string, key: string): Promise<boolean> {
  const [event] = await db
    .select({ number: delegationEvents.number })
    .from(delegationEvents)
    .where(and(eq(delegationEvents.requestId, requestId), eq(delegationEvents.key, key)));
  return event !== undefined;
}
