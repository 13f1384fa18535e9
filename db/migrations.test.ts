import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestPostgres, type TestDatabase } from '../dev/postgres/test-postgres.ts';
import { openDatabase, type DatabaseClient } from './client.ts';
import { migrateDatabase } from './migrations.ts';

let folder: string;
let database: TestDatabase;
let client: DatabaseClient;

beforeEach(async () => {
  database = await (await startTestPostgres()).createDatabase();
  client = openDatabase({ url: database.url, applicationName: 'reader', poolSize: 3 });
  await client.db.execute(sql`create table things (id integer)`);
  folder = await mkdtemp(join(tmpdir(), 'muster-migrations-'));
  await mkdir(join(folder, 'meta'));
  const entries = [{ idx: 0, version: '7', when: 1_700_000_000_000, tag: '0000_names', breakpoints: true }];
  await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }));
  await writeFile(join(folder, '0000_names.sql'), 'ALTER TABLE "things" ADD COLUMN "name" text;');
});
afterEach(async () => {
  await client.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const limits = { lockMs: 200, pauseMs: 300, totalMs: 60_000 };

it('B2: a migration that waits for a table lets calls pass, retries, and succeeds once the table is free', async () => {
  let migrating: Promise<void> = Promise.resolve();
  await client.db.transaction(async (tx) => {
    // A long transaction reads the table.
    await tx.execute(sql`select * from things`);
    migrating = migrateDatabase(database.url, null, limits, folder);
    migrating.catch(() => {});
    for (let calls = 0; calls < 8; calls += 1) {
      const began = performance.now();
      // Without the lock timeout, this call would wait behind the migration until the transaction ends.
      await client.db.execute(sql`select id from things`);
      expect(performance.now() - began).toBeLessThan(3_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await tx.execute(sql`select * from information_schema.columns where table_name = 'things'`)).toHaveLength(1);
  });
  await migrating;
  await client.db.execute(sql`select name from things`);
});

it('B2: a migration that never gets its lock fails, and leaves the table unchanged', async () => {
  await client.db.transaction(async (tx) => {
    await tx.execute(sql`lock table things in access share mode`);
    const failed = migrateDatabase(database.url, null, { ...limits, totalMs: 1_000 }, folder);
    await expect(failed).rejects.toMatchObject({ cause: { code: '55P03' } });
  });
  await expect(client.db.execute(sql`select name from things`)).rejects.toThrow();
});
