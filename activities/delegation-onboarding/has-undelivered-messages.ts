import { and, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { notificationInbox } from '../../db/schema/index.ts';

/** Whether a message about a request lies in the inbox that its run was not told: Temporal was away when it came (D10). */
export async function hasUndeliveredMessages(db: Database, { requestId }: { requestId: string }): Promise<boolean> {
  const [waiting] = await db
    .select({ id: notificationInbox.id })
    .from(notificationInbox)
    .where(and(eq(notificationInbox.requestId, requestId), eq(notificationInbox.status, 'received')))
    .limit(1);
  return waiting !== undefined;
}
