import postgres from 'postgres';
import type { TestStack } from './stack.ts';
import { waitFor } from './wait-for.ts';

/** A lock on a table that allows reads: a writer waits in the middle of its transaction. */
export interface TableLock {
  /** Returns once a writer other than the reconciler waits for the table. */
  met(): Promise<void>;
  /** Releases the waiting writers. If Postgres has died, its locks are gone already. */
  release(): Promise<void>;
}

/** Locks a table, so that a test can act at one very moment of a transaction. */
export async function lockTable(stack: TestStack, table: 'clouds' | 'nicknames'): Promise<TableLock> {
  const sql = postgres(stack.info.databaseUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(`begin; lock table ${table} in exclusive mode`);
  return {
    async met() {
      await waitFor(`somebody to write into ${table}`, async () => {
        const waiting = await stack.sql`
          select 1 from pg_locks join pg_stat_activity using (pid)
          where relation = ${table}::regclass and mode = 'RowExclusiveLock' and not granted
            -- The reconciler looks for rows to repair in every round.
            and query not like 'update "clouds" set "claimed_until"%'`;
        return waiting.length > 0;
      });
    },
    release: () => sql.end({ timeout: 1 }),
  };
}
