import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type DatabaseClient } from '../db/client.ts';
import { newRequest } from '../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../test/support/api/harness.ts';

let api: ApiHarness;
let killer: DatabaseClient;
beforeAll(async () => {
  api = await startApi();
  killer = openDatabase({ url: api.databaseUrl, applicationName: 'killer', poolSize: 1 });
});
afterAll(async () => {
  await killer?.close();
  await api?.close();
});

async function loseAllConnections(): Promise<number> {
  const lost = await killer.db.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return lost.count;
}

// An uncaught exception or an unhandled rejection anywhere in the process fails the run of this file.
it('A13: twenty losses of all connections under load: each call gets 2xx or 503 within 10 s, and nothing throws elsewhere', async () => {
  const answers: { status: number; ms: number; retryAfter: string | null }[] = [];
  const over = new AbortController();
  const load = async (method: string, path: string, body?: () => unknown) => {
    while (!over.signal.aborted) {
      const began = performance.now();
      const { status, headers } = await api.call(method, path, body?.());
      answers.push({ status, ms: performance.now() - began, retryAfter: headers.get('retry-after') });
      // A call without a connection fails at once. The load must not starve the timers of this process.
      await delay(1);
    }
  };
  const callers = Array.from({ length: 4 }, () => [
    load('POST', '/v1/delegation-requests', newRequest),
    load('GET', '/v1/clouds?limit=50'),
    load('GET', '/v1/delegation-requests?limit=50'),
  ]).flat();
  for (let losses = 0; losses < 20; losses += 1) {
    await delay(Math.random() * 60);
    // A loss counts only if calls had connections at that moment.
    while ((await loseAllConnections()) < 3) await delay(Math.random() * 10);
  }
  over.abort();
  await Promise.all(callers);
  expect(answers.filter(({ status }) => status >= 300 && status !== 503)).toEqual([]);
  expect(answers.filter(({ status, retryAfter }) => status === 503 && !retryAfter)).toEqual([]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(10_000);
  expect(answers.some(({ status }) => status < 300)).toBe(true);
  expect((await api.call('GET', '/v1/clouds')).status).toBe(200);
}, 120_000);

it('A13: a transaction whose connection is lost between two statements fails, and its place in the pool is free again', async () => {
  const database = openDatabase({ url: api.databaseUrl, applicationName: 'lost-inside', poolSize: 1 });
  try {
    for (let losses = 0; losses < 3; losses += 1) {
      const lost = database.db.transaction(async (tx) => {
        await tx.execute(sql`select 1`);
        await killer.db.execute(
          sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'lost-inside'`,
        );
        await delay(50);
        await tx.execute(sql`select 2`);
      });
      await expect(lost).rejects.toThrow();
      await database.ping();
    }
  } finally {
    await database.close();
  }
});
