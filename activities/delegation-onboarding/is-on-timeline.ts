import { and, eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationEvents } from '../../db/schema/index.ts';

/** Whether something has happened to a request, by the key under which its timeline tells it. */
export async function isOnTimeline(db: Queryable, requestId: string, key: string): Promise<boolean> {
  const [event] = await db
    .select({ number: delegationEvents.number })
    .from(delegationEvents)
    .where(and(eq(delegationEvents.requestId, requestId), eq(delegationEvents.key, key)));
  return event !== undefined;
}
