import { and, inArray, isNull, lt, or, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from '../../db/client.ts';

/** How long a reconciler has for what it claimed, before others may take it up, in milliseconds. */
const claimMs = 60_000;
/** Rows of one table in one round. */
const batch = 100;

type Claimable = PgTable & { id: PgColumn; claimedUntil: PgColumn };

/**
 * Claims rows that somebody has left behind, so that the reconcilers of several workers share the work: what another one
 * works on is passed over.
 */
export async function claimRows<Table extends Claimable>(
  db: Queryable,
  table: Table,
  { where, orderBy = [] }: { where: SQL | undefined; orderBy?: SQL[] },
): Promise<Table['$inferSelect'][]> {
  const now = Date.now();
  // Drizzle tells only of one table what it may be changed to.
  const rows: PgTable = table;
  const claimable = db
    .select({ id: table.id })
    .from(rows)
    .where(and(where, or(isNull(table.claimedUntil), lt(table.claimedUntil, new Date(now)))))
    .orderBy(...orderBy)
    .limit(batch)
    .for('update', { skipLocked: true });
  return await db
    .update(rows)
    .set({ claimedUntil: new Date(now + claimMs) })
    .where(inArray(table.id, claimable))
    .returning();
}
