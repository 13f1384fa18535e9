import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.start();
});
afterAll(() => stack?.stop());

/** Ends all connections of API and worker, as a managed Postgres does when it fails over. */
async function loseAllConnections(): Promise<number> {
  const lost = await stack.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'muster-%'`;
  return lost.length;
}

it('A13: twenty losses of all connections under load end no process, and no call waits longer than 10 s', async () => {
  const { apiUrl, adminApiKey, pids } = stack.info;
  const answers: { status: number; ms: number; path: string }[] = [];
  const over = new AbortController();
  const load = async (path: string, body?: () => unknown) => {
    while (!over.signal.aborted) {
      const began = performance.now();
      const response = await fetch(new URL(path, apiUrl), {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${adminApiKey}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body()) } : {}),
      });
      await response.text();
      answers.push({ status: response.status, ms: performance.now() - began, path });
      // Stays below the limit of calls per API key.
      await delay(100);
    }
  };
  const callers = Array.from({ length: 4 }, () => [
    load('/v1/delegation-requests', () => stack.settings(stack.newAccount())),
    load('/v1/clouds?limit=50'),
  ]).flat();
  for (let losses = 0; losses < 20; losses += 1) {
    await delay(200 + Math.random() * 200);
    // A loss counts only if the programs had connections at that moment.
    while ((await loseAllConnections()) < 3) await delay(Math.random() * 20);
  }
  over.abort();
  await Promise.all(callers);
  expect(answers.filter(({ status }) => status >= 300 && status !== 503)).toEqual([]);
  expect(answers.filter(({ ms }) => ms > 10_000)).toEqual([]);
  expect(answers.some(({ status, path }) => status < 300 && path === '/v1/delegation-requests')).toBe(true);
  // The launcher gives a program that ended another pid.
  expect([stack.info.pids['api'], stack.info.pids['worker']]).toEqual([pids['api'], pids['worker']]);
});
