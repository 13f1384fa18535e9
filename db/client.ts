import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/node-postgres';
import { workerDatabaseLimits, type DatabaseLimits } from './driver/limits.ts';
import { startListening, type ListenOptions } from './driver/listen.ts';
import { BoundedPool, connectionConfig } from './driver/pool.ts';
import type { RowsOf } from './driver/rows.ts';
import * as schema from './schema/index.ts';

export type Database = PgDatabase<RowsOf, typeof schema>;
/** The argument of a transaction's callback. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** Runs queries, on its own or in the caller's transaction. */
export type Queryable = Database | Transaction;

export interface DatabaseClient {
  db: Database;
  /** Rejects if Postgres does not answer. */
  ping(): Promise<void>;
  /** Listens on a connection of its own until the client closes. */
  listen(options: Omit<ListenOptions, 'config'>): void;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Maximum number of connections; 10 unless given. */
  poolSize?: number;
  /** Maximum number of connections that the calls of one API key hold at a time; a quarter of the pool unless given. */
  perOwner?: number;
  /** The worker's limits unless given. */
  limits?: DatabaseLimits;
  /** Called with each statement before it is sent. */
  onStatement?: (text: string, parameters: unknown[]) => void;
}

/** Opens a connection pool on Muster's database. The first query connects. See docs/adr/0007-postgres-driver.md. */
export function openDatabase(options: DatabaseOptions): DatabaseClient {
  const { url, applicationName, poolSize = 10, limits = workerDatabaseLimits, perOwner, onStatement } = options;
  const connection = { url, applicationName, limits };
  const pool = new BoundedPool({ ...connection, size: poolSize, ...(perOwner === undefined ? {} : { perOwner }) });
  const stopListening: (() => Promise<void>)[] = [];
  return {
    // The pool returns the rows themselves, as `RowsOf` says. Drizzle's own type describes pg's result object.
    db: drizzle(pool as never, { schema, ...(onStatement ? { logger: { logQuery: onStatement } } : {}) }) as unknown as Database,
    async ping() {
      await pool.query({ text: 'select 1' });
    },
    listen: (listening) => void stopListening.push(startListening({ ...listening, config: connectionConfig(connection) })),
    async close() {
      await Promise.all([...stopListening.map((stop) => stop()), pool.close()]);
    },
  };
}
