import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type DatabaseClient } from '../db/client.ts';
import { withDatabaseBudget } from '../db/driver/budget.ts';
import { apiDatabaseLimits } from '../db/driver/limits.ts';
import { allowLongWork } from '../db/long-work.ts';
import { newRequest } from '../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../test/support/api/harness.ts';
import { serveOverHttp } from '../test/support/api/over-http.ts';
import { startDatabaseProxy, type DatabaseProxy } from '../test/support/database-proxy.ts';
import { waitFor } from '../test/support/wait-for.ts';

let api: ApiHarness;
let other: DatabaseClient;
let proxy: DatabaseProxy;
beforeAll(async () => {
  api = await startApi();
  other = openDatabase({ url: api.databaseUrl, applicationName: 'other', poolSize: 3 });
  proxy = await startDatabaseProxy(api.databaseUrl);
});
afterAll(async () => {
  await other?.close();
  await api?.close();
  await proxy?.close();
});

/** Runs `work` while another transaction holds the table for itself. */
async function whileLocked<Result>(table: string, work: () => Promise<Result>): Promise<Result> {
  return await other.db.transaction(async (tx) => {
    await tx.execute(sql.raw(`lock table ${table} in access exclusive mode`));
    return await work();
  });
}

async function waitingStatements(): Promise<number> {
  const waiting = await other.db.execute(
    sql`select 1 from pg_stat_activity where application_name = 'api-test' and datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.count;
}

async function timed<Result>(call: Promise<Result>): Promise<Result & { ms: number }> {
  const began = performance.now();
  return { ...(await call), ms: performance.now() - began };
}

describe('a database that does not answer', () => {
  it('B2 S9: calls that wait for a locked table get 503 with Retry-After within 10 s', async () => {
    const answers = await whileLocked('clouds', async () => {
      const calls = [
        timed(api.call('GET', '/v1/clouds')),
        timed(api.call('GET', '/v1/organizations')),
        timed(api.call('POST', '/v1/delegation-requests', newRequest())),
      ];
      return await Promise.all(calls);
    });
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const { status, body, headers, ms } of refused) {
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '5']);
      expect(ms).toBeLessThan(10_000);
    }
    expect((await api.call('GET', '/v1/clouds')).status).toBe(200);
  });

  it('B2 S9: while Postgres hangs, every call gets 503 within 10 s; once it answers again, calls succeed', async () => {
    const instance = api.anotherInstance({ databaseUrl: proxy.url });
    expect((await instance.call('GET', '/v1/clouds')).status).toBe(200);
    proxy.hang();
    const paths = ['/v1/clouds', '/v1/delegation-requests', '/v1/organizations', '/v1/api-keys', '/v1/audit-events', '/health/ready'];
    // More calls than connections: calls also wait for the pool.
    const calls = Array.from({ length: 10 }, () => paths).flat();
    const answers = await Promise.all([
      ...calls.map((path) => timed(instance.call('GET', path))),
      timed(instance.call('POST', '/v1/delegation-requests', newRequest())),
    ]);
    for (const { status, headers, ms } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(ms).toBeLessThan(10_000);
    }
    proxy.resume();
    await waitFor('calls to succeed again', async () => (await instance.call('GET', '/v1/clouds')).status === 200);
    instance.stop();
  }, 60_000);

  it('B2: a statement that an operator cancels (57014) is 503, not 500', async () => {
    const answer = await whileLocked('clouds', async () => {
      const call = api.call('GET', '/v1/clouds');
      await waitFor('the call to wait', async () => (await waitingStatements()) > 0);
      await other.db.execute(
        sql`select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'api-test' and datname = current_database() and wait_event_type = 'Lock'`,
      );
      return await call;
    });
    expect([answer.status, answer.body.code]).toEqual([503, 'database_unavailable']);
  });

  it('B2: the statement of a reader that left is cancelled in the database', async () => {
    const server = await serveOverHttp(api);
    await whileLocked('clouds', async () => {
      const leaving = new AbortController();
      const call = fetch(`${server.url}/v1/clouds`, { headers: { Authorization: `Bearer ${api.adminKey}` }, signal: leaving.signal });
      await waitFor('the call to wait', async () => (await waitingStatements()) > 0);
      const began = performance.now();
      leaving.abort();
      await expect(call).rejects.toThrow();
      await waitFor('the statement to end', async () => (await waitingStatements()) === 0);
      // The lock timeout would end it later.
      expect(performance.now() - began).toBeLessThan(2_000);
    });
  });

  it('B2: Postgres itself enforces the limits of each connection', async () => {
    const read = async (name: string) => (await api.database.db.execute(sql.raw(`show ${name}`)))[0]![name];
    expect(await read('statement_timeout')).toBe('6s');
    expect(await read('lock_timeout')).toBe('4s');
    expect(await read('idle_in_transaction_session_timeout')).toBe('30s');
  });

  it('B2: long work may take longer than a statement of the API, in its own transaction only', async () => {
    const brief = openDatabase({
      url: api.databaseUrl,
      applicationName: 'brief',
      poolSize: 1,
      limits: { ...apiDatabaseLimits, statementMs: 200, answerMs: 300 },
    });
    try {
      await withDatabaseBudget(500, null, async () => {
        await brief.db.transaction(async (tx) => {
          await allowLongWork(tx);
          await tx.execute(sql`select pg_sleep(0.8)`);
        });
      });
      await expect(brief.db.execute(sql`select pg_sleep(0.8)`)).rejects.toThrow();
    } finally {
      await brief.close();
    }
  });

  it('B2: a call that used up its database time gets 503, and its transaction is rolled back', async () => {
    const slow = api.anotherInstance({ intervals: { databaseMs: 300 } });
    const answer = await whileLocked('nicknames', async () => await timed(slow.call('POST', '/v1/delegation-requests', newRequest())));
    expect([answer.status, answer.body.code]).toEqual([503, 'database_unavailable']);
    expect(answer.ms).toBeLessThan(3_000);
    await delay(0);
    const inTransaction = sql`select 1 from pg_stat_activity where application_name like 'api-test%' and datname = current_database() and state like 'idle in transaction%'`;
    await waitFor('no transaction to stay open', async () => (await other.db.execute(inTransaction)).count === 0);
    slow.stop();
  });
});
