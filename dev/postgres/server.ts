import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { Command } from '../process/child.ts';
import { LOOPBACK } from '../process/ports.ts';
import { findPostgresBinaries } from './binaries.ts';
import { POSTGRES_USER } from './cluster.ts';
import { unprivileged } from './unprivileged.ts';

/** Options of one Postgres server. */
export interface PostgresServerOptions {
  readonly dataDir: string;
  readonly port: number;
  /** False, for tests: faster, but a crash of the machine may lose data. A crash of Postgres loses none. */
  readonly durable: boolean;
}

const NOT_DURABLE = ['fsync=off', 'full_page_writes=off'];

/** The command that runs a Postgres server in the foreground. It listens on TCP at 127.0.0.1 only. */
export async function postgresCommand(options: PostgresServerOptions): Promise<Command> {
  const binaries = await findPostgresBinaries();
  const settings = [
    `listen_addresses=${LOOPBACK}`,
    `port=${options.port}`,
    'unix_socket_directories=',
    'max_connections=300',
    'shared_buffers=128MB',
    ...(options.durable ? [] : NOT_DURABLE),
  ];
  const wrapped = unprivileged(binaries.postgres, ['-D', options.dataDir, ...settings.flatMap((setting) => ['-c', setting])]);
  return { ...wrapped, cwd: options.dataDir, stopSignal: 'SIGINT', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } };
}

/** The role of Muster's programs on such a server. The superuser owns the tables. */
export const APPLICATION_USER = 'muster_app';

/** The connection URL of a database on such a server, for its superuser unless another user is named. */
export function databaseUrl(port: number, password: string, database: string, user: string = POSTGRES_USER): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${LOOPBACK}:${port}/${database}`;
}

/** Runs `use` with a new connection and closes it afterwards. */
export async function withConnection<T>(url: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Postgres' "the database system is starting up", and the socket's errors while no server listens. */
const NOT_YET = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET', 'CONNECTION_CLOSED', 'CONNECTION_ENDED']);

/** Waits until the server answers a query. Throws the reason of `signal` if it is aborted. */
export async function waitForPostgres(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await withConnection(url, (sql) => sql`select 1`);
      return;
    } catch (error) {
      if (!NOT_YET.has((error as { code?: string }).code ?? '')) throw error;
      await delay(50);
    }
  }
}

/** Creates a database if it does not exist. */
export async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  await withConnection(serverUrl, async (sql) => {
    const [found] = await sql`select 1 from pg_database where datname = ${name}`;
    if (found === undefined) await sql`create database ${sql(name)}`;
  });
}
