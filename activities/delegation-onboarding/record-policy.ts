import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationRequests } from '../../db/schema/index.ts';

/** Keeps the rendered permission policy as it is sent to AWS, so that people can review that very text (D2). */
export async function recordPolicy(db: Queryable, requestId: string, policy: string): Promise<void> {
  await db.update(delegationRequests).set({ permissionPolicy: policy }).where(eq(delegationRequests.id, requestId));
}
