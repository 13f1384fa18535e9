import { and, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from '../../db/client.ts';

/** Which rows are claimed. */
export interface RowsToClaim {
  where?: SQL | undefined;
  /** The order of rows that were never claimed; they come before those that were, the least recently claimed of which come first. */
  orderBy: SQL;
  /** How long other reconcilers leave them alone, in milliseconds. */
  claimMs: number;
  /** Rows in one round; 100 unless given. */
  maxRows?: number;
}

type Claimable = PgTable & { id: PgColumn; claimedUntil: PgColumn };

/**
 * Claims rows to be seen to, so that the reconcilers of several workers share the work: what another one works on is
 * passed over. A row that fails again and again lets all others go first.
 */
export async function claimRows<Table extends Claimable>(
  db: Queryable,
  table: Table,
  { where, orderBy, claimMs, maxRows = 100 }: RowsToClaim,
): Promise<Table['$inferSelect'][]> {
  const now = Date.now();
  // Drizzle tells only of one table what it may be changed to.
  const rows: PgTable = table;
  const claimable = db
    .select({ id: table.id })
    .from(rows)
    .where(and(where, or(isNull(table.claimedUntil), lt(table.claimedUntil, new Date(now)))))
    .orderBy(sql`${table.claimedUntil} nulls first`, orderBy)
    .limit(maxRows)
    .for('update', { skipLocked: true });
  return await db
    .update(rows)
    .set({ claimedUntil: new Date(now + claimMs) })
    .where(inArray(table.id, claimable))
    .returning();
}
