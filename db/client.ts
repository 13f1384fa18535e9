import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema/index.ts';

export type Database = PostgresJsDatabase<typeof schema>;
/** The argument of a transaction's callback. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** Runs queries, on its own or in the caller's transaction. */
export type Queryable = Database | Transaction;

export interface DatabaseClient {
  db: Database;
  /** The driver itself, for LISTEN and health checks. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Maximum number of connections; 10 unless given. */
  poolSize?: number;
}

/** Opens a connection pool on Muster's database. The first query connects. */
export function openDatabase(options: DatabaseOptions): DatabaseClient {
  const sql = postgres(options.url, {
    max: options.poolSize ?? 10,
    connect_timeout: 10,
    connection: { application_name: options.applicationName },
    // Notices such as "relation already exists, skipping" carry no information.
    onnotice: () => {},
  });
  return { db: drizzle(sql, { schema }), sql, close: () => sql.end({ timeout: 5 }) };
}
