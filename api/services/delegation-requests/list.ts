import { and, desc, inArray } from 'drizzle-orm';
import { delegationRequests } from '../../../db/schema/index.ts';
import type { DelegationPhase } from '../../../domain/delegation/states.ts';
import type { Call } from '../../context.ts';
import { toDelegationRequest, type DelegationRequest } from '../../schemas/delegation-request.ts';
import { afterTimeCursor, timePosition } from '../lists/by-time.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';
import { contains } from '../lists/search.ts';

export interface DelegationRequestFilter extends PageRequest {
  phase?: DelegationPhase[] | undefined;
  /** Part of the nickname or of the account id. */
  search?: string | undefined;
}

/** The delegation requests, newest first (D8). */
export async function listDelegationRequests(call: Call, filter: DelegationRequestFilter): Promise<Page<DelegationRequest>> {
  const { db } = call.deps.database;
  const list = 'delegation-requests';
  const table = delegationRequests;
  const matching = and(
    filter.phase ? inArray(table.phase, filter.phase) : undefined,
    contains(filter.search, [table.nickname, table.accountId]),
  );
  const after = afterTimeCursor(list, filter.cursor, { time: table.createdAt, id: table.id }, 'newest_first');
  const rows = await db
    .select()
    .from(table)
    .where(and(matching, after))
    .orderBy(desc(table.createdAt), desc(table.id))
    .limit(filter.limit + 1);
  return toPage(rows, filter, await db.$count(table, matching), list, (row) => timePosition(row.createdAt, row.id), toDelegationRequest);
}
