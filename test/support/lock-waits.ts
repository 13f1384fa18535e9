import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';

/** How many transactions of this database wait for what another one has locked. */
export async function countLockWaits(db: Queryable): Promise<number> {
  const waiting = await db.execute(sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return waiting.length;
}
