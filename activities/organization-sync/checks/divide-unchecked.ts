import { and, asc, eq, gt } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncAccounts } from '../../../db/schema/index.ts';
import type { UncheckedBatches } from '../../../workflows/contracts/organization-sync.ts';
import { isUnchecked } from './load-checks.ts';

/** Divides the unchecked accounts with numbers above `after` into at most `most` batches of `size`. */
export async function divideUnchecked(
  db: Database,
  { syncId, after, size, most }: { syncId: string; after: number; size: number; most: number },
): Promise<UncheckedBatches> {
  const rows = await db
    .select({ number: syncAccounts.number })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), gt(syncAccounts.number, after), ...isUnchecked()))
    .orderBy(asc(syncAccounts.number))
    .limit(size * most + 1);
  const numbers = rows.slice(0, size * most).map(({ number }) => number);
  const batches = [];
  for (let start = 0; start < numbers.length; start += size) {
    const batch = numbers.slice(start, start + size);
    batches.push({ from: batch[0]!, to: batch.at(-1)! });
  }
  return { batches, more: rows.length > numbers.length };
}
