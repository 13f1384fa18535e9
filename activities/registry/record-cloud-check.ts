import { and, eq, or, isNull, lt } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { clouds } from '../../db/schema/index.ts';
import type { CloudCheckResult } from '../../workflows/contracts/activities.ts';

/** Records how a cloud's role answered. A result older than the one that stands is dropped. */
export async function recordCloudCheck(
  db: Database,
  { cloudId, result, at }: { cloudId: string; result: CloudCheckResult; at: string },
): Promise<void> {
  const checkedAt = new Date(at);
  await db
    .update(clouds)
    .set({
      status: result.status,
      statusCode: result.reason?.code ?? null,
      statusMessage: result.reason?.message ?? null,
      lastCheckedAt: checkedAt,
      updatedAt: new Date(),
    })
    .where(and(eq(clouds.id, cloudId), or(isNull(clouds.lastCheckedAt), lt(clouds.lastCheckedAt, checkedAt))));
}
