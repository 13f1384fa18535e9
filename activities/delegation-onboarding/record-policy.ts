import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationRequests } from '../../db/schema/index.ts';

/** Stores the rendered permission policy exactly as AWS receives it, so that people can review it (D2). */
export async function recordPolicy(db: Queryable, requestId: string, policy: string): Promise<void> {
  await db.update(delegationRequests).set({ permissionPolicy: policy }).where(eq(delegationRequests.id, requestId));
}
