import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withConnection } from './server.ts';
import { SHARED_TEST_POSTGRES, startTestPostgres } from './test-postgres.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-closed-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('S1: Postgres runs in a folder that is closed to all other users, also when root starts it', async () => {
  vi.stubEnv(SHARED_TEST_POSTGRES, undefined);
  vi.stubEnv('TMPDIR', folder);
  const server = await startTestPostgres();
  try {
    const [row] = await withConnection(server.url, (sql) => sql`select 'É' < 'e' as bytewise, lower('É') as lower`);
    expect(row).toEqual({ bytewise: false, lower: 'é' });
  } finally {
    await server.stop();
  }
  expect(await readdir(folder)).toEqual([]);
});

test('suites share one server but no data, so that no suite can make another fail', async () => {
  const server = await startTestPostgres();
  const [one, other] = await Promise.all([server.createDatabase(), server.createDatabase()]);
  await withConnection(one.url, (sql) => sql`create table seen (id int)`);
  const tables = await withConnection(other.url, (sql) => sql`select 1 from pg_tables where tablename = 'seen'`);
  expect(tables).toHaveLength(0);
  await server.stop();
  await expect(withConnection(one.url, (sql) => sql`select 1`)).rejects.toThrow('does not exist');
});

test('suites that need the tables at the same time get a copy each, and no suite sees the changes of another', async () => {
  vi.stubEnv(SHARED_TEST_POSTGRES, undefined);
  vi.stubEnv('TMPDIR', folder);
  const server = await startTestPostgres();
  const [one, other] = await Promise.all([server.createMigratedDatabase(), server.createMigratedDatabase()]);
  await withConnection(one.ownerUrl, (sql) => sql`create table seen (id int)`);
  const tables = await withConnection(other.url, (sql) => sql`select tablename from pg_tables where schemaname = 'public'`);
  const names = tables.map(({ tablename }) => tablename as string);
  expect(names).toContain('clouds');
  expect(names).not.toContain('seen');
  await server.stop();
});
