import { and, count, eq, isNotNull, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncAccounts } from '../../../db/schema/index.ts';
import { statusCodes, type StatusReason } from '../../../domain/clouds/check.ts';
import { addCounts } from '../../organization-keeper/add-counts.ts';
import { isUnchecked } from './load-checks.ts';

const neverAnswered: StatusReason = {
  code: statusCodes.awsUnavailable,
  message: 'The sync ended before it checked the role. The next sync or recheck checks it.',
};

/**
 * Gives up the checks without an answer. They stay deferred with their last reason, and the status `pending` marks them
 * as given up. A cloud that was checked before keeps its status.
 */
export async function giveUpChecks(db: Database, { syncId }: { syncId: string }): Promise<{ deferred: number }> {
  return await db.transaction(async (tx) => {
    const { statusReason } = syncAccounts;
    const unchecked = await tx
      .update(syncAccounts)
      .set({
        checkState: 'deferred',
        status: 'pending',
        statusReason: sql`coalesce(${statusReason}, ${JSON.stringify(neverAnswered)}::jsonb)`,
        warnings: [],
      })
      .where(and(eq(syncAccounts.syncId, syncId), ...isUnchecked()));
    if (unchecked.count > 0) await addCounts(tx, syncId, { deferred: unchecked.count });
    const [given] = await tx
      .select({ deferred: count() })
      .from(syncAccounts)
      .where(and(eq(syncAccounts.syncId, syncId), eq(syncAccounts.checkState, 'deferred'), isNotNull(syncAccounts.status)));
    return { deferred: given!.deferred };
  });
}
