import { and, eq, lte } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { clouds } from '../schema/index.ts';

/** Records that a check which ended at this time has answered every request for one before it. */
export async function endRecheck(db: Queryable, cloudId: string, endedAt: Date): Promise<void> {
  await db
    .update(clouds)
    .set({ recheckRequestedAt: null })
    .where(and(eq(clouds.id, cloudId), lte(clouds.recheckRequestedAt, endedAt)));
}
