import { and, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from '../../db/client.ts';

/** Selects the rows to claim. */
export interface RowsToClaim {
  where?: SQL | undefined;
  /** The order among rows that were never claimed. Claimed rows follow, the least recently claimed first. */
  orderBy: SQL;
  /** Duration of the claim, in milliseconds. */
  claimMs: number;
  /** 100 unless given. */
  maxRows?: number;
}

type Claimable = PgTable & { id: PgColumn; claimedUntil: PgColumn };

/**
 * Claims rows to repair, so that the reconcilers of several workers share the work: rows that another one has claimed are
 * skipped. Rows that failed before come last.
 */
export async function claimRows<Table extends Claimable>(
  db: Queryable,
  table: Table,
  { where, orderBy, claimMs, maxRows = 100 }: RowsToClaim,
): Promise<Table['$inferSelect'][]> {
  const now = Date.now();
  // Drizzle types the values of an update only for a concrete table.
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
