import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { inIds } from '../in-ids.ts';
import { clouds } from '../schema/index.ts';

/** Maximum of checks that start at once after a release. The reconciler starts the others. */
const maxAtOnce = 50;

/** The released clouds among these whose own credentials returned and were not checked yet, at most 50. */
export async function findUnchecked(db: Queryable, accountIds: readonly string[]): Promise<{ id: string; accountId: string }[]> {
  if (accountIds.length === 0) return [];
  return await db
    .select({ id: clouds.id, accountId: clouds.accountId })
    .from(clouds)
    .where(
      and(
        eq(clouds.provider, 'aws'),
        inIds(clouds.accountId, accountIds),
        eq(clouds.managed, false),
        eq(clouds.status, 'pending'),
        isNull(clouds.lastCheckedAt),
      ),
    )
    .orderBy(asc(clouds.accountId))
    .limit(maxAtOnce);
}
