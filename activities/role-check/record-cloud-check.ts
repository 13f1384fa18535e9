import { and, eq, inArray, or, isNull, lt, ne, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { endRecheck } from '../../db/clouds/end-recheck.ts';
import { clouds } from '../../db/schema/index.ts';
import { statusCodes, warningCodes } from '../../domain/clouds/check.ts';
import type { CloudCheckResult } from '../../workflows/contracts/cloud-recheck.ts';

/**
 * Records the result of a cloud's check. It drops a result older than the recorded one. It also drops a result for an
 * account that AWS suspended during the check, as its managing organization reports, and a result of credentials that
 * were replaced since. A check that AWS throttled or did not answer proves nothing, so an earlier outcome stays. Warnings about
 * tags stay: they do not come from the role.
 */
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
      warnings: sql`${warningsOfTags} || ${JSON.stringify(result.warnings ?? [])}::jsonb`,
      lastCheckedAt: checkedAt,
      updatedAt: new Date(),
    })
    .where(
      and(
        eq(clouds.id, cloudId),
        or(ne(clouds.status, 'suspended'), eq(clouds.managed, false)),
        isUnanswered(result) ? inArray(clouds.status, ['pending', 'suspended']) : undefined,
        or(isNull(clouds.lastCheckedAt), lt(clouds.lastCheckedAt, checkedAt)),
        result.credentialSetId === undefined ? undefined : eq(clouds.credentialSetId, result.credentialSetId),
      ),
    );
  await endRecheck(db, cloudId, checkedAt);
}

function isUnanswered({ reason }: CloudCheckResult): boolean {
  return reason?.code === statusCodes.throttled || reason?.code === statusCodes.awsUnavailable;
}

/** The warnings of a cloud that do not come from a check of its role. */
export const warningsOfTags = sql`coalesce(
  (select jsonb_agg(kept) from jsonb_array_elements(${clouds.warnings}) as kept where kept ->> 'code' = ${warningCodes.reservedTagKey}),
  '[]'::jsonb)`;
