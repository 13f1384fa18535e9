import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDeadline } from '../../config/signals.ts';
import { migrateDatabase } from '../../db/migrations.ts';
import { startChild } from '../process/child.ts';
import { findFreePort } from '../process/ports.ts';
import { ensureCluster } from './cluster.ts';
import { APPLICATION_USER, databaseUrl, postgresCommand, waitForPostgres, withConnection } from './server.ts';

/** Names the server of a test run. The global set-up sets it, and the suites inherit it. */
export const SHARED_TEST_POSTGRES = 'MUSTER_TEST_POSTGRES_URL';

/** The database of one suite. */
export interface TestDatabase {
  /** The URL of the application's role if the database has Muster's tables, otherwise of the owner. */
  readonly url: string;
  /** The URL of the owner, who may change tables. */
  readonly ownerUrl: string;
  /** Drops the database and ends its open connections. */
  drop(): Promise<void>;
}

/** A Postgres server for tests: empty, fast, not durable. */
export interface TestPostgres {
  /** Connection URL of the server's maintenance database. */
  readonly url: string;
  /** Creates an empty database for the tests of one suite. */
  createDatabase(): Promise<TestDatabase>;
  /** Creates a database with Muster's tables: a copy of a template that each server migrates once. */
  createMigratedDatabase(): Promise<TestDatabase>;
  /** Drops the databases of both. Stops and removes the server if this object started it. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const TEMPLATE = 'muster_template';
/** An advisory lock that no other program uses in this server's first database. */
const TEMPLATE_LOCK = 4_117_092;

/** Password of the application's role on test servers, which listen on loopback only and hold no data of anybody. */
const APPLICATION_PASSWORD = 'application';

/** The URL of another database on the same server. */
function onServer(url: string, database: string): string {
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.href;
}

/** The same database as the application's role. */
function asApplication(url: string): string {
  const target = new URL(url);
  [target.username, target.password] = [APPLICATION_USER, APPLICATION_PASSWORD];
  return target.href;
}

/** Creates the template if it does not exist. Processes that need it at the same time wait for the first. */
async function ensureTemplate(url: string): Promise<void> {
  await withConnection(url, async (sql) => {
    // Held until the connection ends.
    await sql`select pg_advisory_lock(${TEMPLATE_LOCK})`;
    const [found] = await sql`select 1 from pg_database where datname = ${TEMPLATE}`;
    if (found !== undefined) return;
    const unfinished = `${TEMPLATE}_unfinished`;
    await sql`drop database if exists ${sql(unfinished)}`;
    await sql`create database ${sql(unfinished)}`;
    await migrateDatabase(onServer(url, unfinished), { name: APPLICATION_USER, password: APPLICATION_PASSWORD });
    await sql`alter database ${sql(unfinished)} rename to ${sql(TEMPLATE)}`;
  });
}

function testPostgres(url: string, stopServer: () => Promise<void>): TestPostgres {
  const databases = new Set<TestDatabase>();
  const create = async (template: string): Promise<TestDatabase> => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await withConnection(url, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
    const ownerUrl = onServer(url, name);
    const database: TestDatabase = {
      url: template === TEMPLATE ? asApplication(ownerUrl) : ownerUrl,
      ownerUrl,
      drop: async () => {
        databases.delete(database);
        await withConnection(url, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
      },
    };
    databases.add(database);
    return database;
  };
  return {
    url,
    createDatabase: () => create('template1'),
    createMigratedDatabase: async () => {
      await ensureTemplate(url);
      return await create(TEMPLATE);
    },
    stop: async () => {
      for (const database of databases) await database.drop();
      await stopServer();
    },
  };
}

/**
 * A Postgres server for tests. In a test run all suites get the server of the global set-up. Elsewhere this function starts
 * a server in under two seconds. Call `stop` in both cases.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const shared = process.env[SHARED_TEST_POSTGRES];
  if (shared !== undefined) return testPostgres(shared, async () => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'muster-test-postgres-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const password = randomBytes(18).toString('base64url');
  const dataDir = join(folder, 'data');
  const logFile = join(folder, 'postgres.log');
  await ensureCluster(dataDir, password).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const port = await findFreePort();
  const child = await startChild(await postgresCommand({ dataDir, port, durable: false }), logFile);
  const stopServer = async (): Promise<void> => {
    await child.stop(10_000);
    await remove();
  };
  const url = databaseUrl(port, password, 'postgres');
  const failed = new AbortController();
  void child.exited.then(() => failed.abort(new Error('Postgres ended while it was starting')));
  try {
    await withDeadline(START_TIMEOUT_MS, (signal) => waitForPostgres(url, signal), failed.signal);
  } catch (error) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    await stopServer();
    throw new Error(`the test Postgres did not start: ${(error as Error).message}\n${log.slice(-2000)}`, { cause: error });
  }
  return testPostgres(url, stopServer);
}
