import { and, arrayOverlaps, asc, eq, gt, inArray } from 'drizzle-orm';
import { syncAccounts } from '../../../db/schema/index.ts';
import type { CloudStatus } from '../../../domain/clouds/status.ts';
import type { ChangeKind } from '../../../domain/organizations/plan.ts';
import type { Call } from '../../context.ts';
import { toSyncAccount, type SyncAccount } from '../../schemas/sync.ts';
import { decodeCursor, toPage, type Page, type PageRequest } from '../lists/page.ts';
import { contains } from '../lists/search.ts';
import { findSync } from './find.ts';

export interface SyncAccountFilter extends PageRequest {
  /** Matches any of the values. */
  change?: ChangeKind[] | undefined;
  status?: CloudStatus[] | undefined;
  /** Part of the account's name or id. */
  search?: string | undefined;
}

/** The results of a sync by account, in the order in which AWS listed the accounts (O9, O10). Throws not_found. */
export async function listSyncAccounts(call: Call, syncId: string, filter: SyncAccountFilter): Promise<Page<SyncAccount>> {
  const { db } = call.deps.database;
  await findSync(db, syncId);
  const list = 'sync-accounts';
  const matching = and(
    eq(syncAccounts.syncId, syncId),
    filter.change ? arrayOverlaps(syncAccounts.changes, filter.change) : undefined,
    filter.status ? inArray(syncAccounts.status, filter.status) : undefined,
    contains(filter.search, [syncAccounts.name, syncAccounts.accountId]),
  );
  const after = decodeCursor(list, filter.cursor, ([number, ...rest]) => rest.length === 0 && /^\d{1,9}$/.test(number ?? ''));
  const rows = await db
    .select()
    .from(syncAccounts)
    .where(and(matching, after ? gt(syncAccounts.number, Number(after[0])) : undefined))
    .orderBy(asc(syncAccounts.number))
    .limit(filter.limit + 1);
  return toPage(rows, filter, await db.$count(syncAccounts, matching), list, (row) => [String(row.number)], toSyncAccount);
}
