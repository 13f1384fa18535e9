import { and, inArray, isNull, lt, or, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from '../../db/client.ts';

/** Which rows are claimed. */
export interface RowsToClaim {
  where?: SQL | undefined;
  orderBy?: SQL[];
  /** Rows in one round; 100 unless given. */
  most?: number;
  /** How long a reconciler has for what it claimed, before others may take it up, in milliseconds; a minute unless given. */
  claimMs?: number;
}

type Claimable = PgTable & { id: PgColumn; claimedUntil: PgColumn };

/**
 * Claims rows to be seen to, so that the reconcilers of several workers share the work: what another one works on is
 * passed over.
 */
export async function claimRows<Table extends Claimable>(
  db: Queryable,
  table: Table,
  { where, orderBy = [], most = 100, claimMs = 60_000 }: RowsToClaim,
): Promise<Table['$inferSelect'][]> {
  const now = Date.now();
  // Drizzle tells only of one table what it may be changed to.
  const rows: PgTable = table;
  const claimable = db
    .select({ id: table.id })
    .from(rows)
    .where(and(where, or(isNull(table.claimedUntil), lt(table.claimedUntil, new Date(now)))))
    .orderBy(...orderBy)
    .limit(most)
    .for('update', { skipLocked: true });
  return await db
    .update(rows)
    .set({ claimedUntil: new Date(now + claimMs) })
    .where(inArray(table.id, claimable))
    .returning();
}
