import { eq } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { notificationInbox } from '../schema/index.ts';

/** Erases every exchange token of a request. An ended request needs none (D11). */
export async function eraseTokens(db: Queryable, requestId: string): Promise<void> {
  await db.update(notificationInbox).set({ sealedToken: null, tokenKeyId: null }).where(eq(notificationInbox.requestId, requestId));
}
