import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';

/** Rows inserted, updated and deleted by table, and the growth of the server's write-ahead log. */
export interface Writes {
  rows: Record<string, number>;
  logMiB: number;
}

/** An idle connection reports its writes after ten seconds (PGSTAT_IDLE_INTERVAL of Postgres). */
const untilToldMs = 11_000;

interface Counters {
  rows: Map<string, number>;
  position: string;
}

/** Counts the database writes of all programs while `run` runs, the reconciler's included. */
export async function countWrites(sql: postgres.Sql, run: () => Promise<void>): Promise<Writes> {
  await delay(untilToldMs);
  const before = await read(sql);
  await run();
  const [log] = await sql<{ bytes: number }[]>`select pg_wal_lsn_diff(pg_current_wal_lsn(), ${before.position})::float8 as bytes`;
  await delay(untilToldMs);
  const { rows } = await read(sql);
  const grown = [...rows].map(([table, number]) => [table, number - (before.rows.get(table) ?? 0)] as const);
  const written = grown.filter(([, number]) => number > 0).toSorted(([, a], [, b]) => b - a);
  return { rows: Object.fromEntries(written), logMiB: log!.bytes / 2 ** 20 };
}

async function read(sql: postgres.Sql): Promise<Counters> {
  const tables = await sql<{ table: string; number: number }[]>`
    select relname as table, (n_tup_ins + n_tup_upd + n_tup_del)::float8 as number from pg_stat_user_tables`;
  const [now] = await sql<{ position: string }[]>`select pg_current_wal_lsn()::text as position`;
  return { rows: new Map(tables.map(({ table, number }) => [table, number])), position: now!.position };
}
