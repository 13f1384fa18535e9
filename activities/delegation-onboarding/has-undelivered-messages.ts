import { and, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { notificationInbox } from '../../db/schema/index.ts';

/** Whether the inbox holds a message about a request that its run has not received, because Temporal was down (D10). */
export async function hasUndeliveredMessages(db: Database, { requestId }: { requestId: string }): Promise<boolean> {
  const [waiting] = await db
    .select({ id: notificationInbox.id })
    .from(notificationInbox)
    .where(and(eq(notificationInbox.requestId, requestId), eq(notificationInbox.status, 'received')))
    .limit(1);
  return waiting !== undefined;
}
