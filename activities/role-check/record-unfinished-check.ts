import { and, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { clouds } from '../../db/schema/index.ts';
import type { StatusReason } from '../../domain/clouds/check.ts';

/**
 * Records why the check of a cloud had no outcome, so that no cloud stays `pending` without a reason. A status that an earlier
 * check proved stays.
 */
export async function recordUnfinishedCheck(db: Database, { cloudId, reason }: { cloudId: string; reason: StatusReason }): Promise<void> {
  await db
    .update(clouds)
    .set({ statusCode: reason.code, statusMessage: reason.message, updatedAt: new Date() })
    .where(and(eq(clouds.id, cloudId), eq(clouds.status, 'pending')));
}
