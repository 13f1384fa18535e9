import { afterEach, expect, it } from 'vitest';
import { startHealthServer, type HealthServer } from './health-server.ts';

let server: HealthServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ask(path: string): Promise<[number, unknown]> {
  const response = await fetch(`http://127.0.0.1:${server!.port}${path}`);
  return [response.status, await response.json()];
}

async function start(isWorking: () => boolean, postgres: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  server = await startHealthServer({ host: '127.0.0.1', port: 0, isWorking, checks: { postgres, temporal: () => Promise.resolve() } });
}

it('S6: a worker is ready while it works, and not once it stops; it lives all the while', async () => {
  let isWorking = true;
  await start(() => isWorking);
  expect(await ask('/health/ready')).toEqual([200, { status: 'ready', checks: { postgres: 'ok', temporal: 'ok' } }]);
  isWorking = false;
  expect((await ask('/health/ready'))[0]).toBe(503);
  expect(await ask('/health/live')).toEqual([200, { status: 'ok' }]);
  expect((await ask('/anything'))[0]).toBe(404);
});

it('S6: what does not answer is named, and a dead database takes no worker out of life', async () => {
  await start(
    () => true,
    () => Promise.reject(new Error('connect ECONNREFUSED')),
  );
  expect(await ask('/health/ready')).toEqual([503, { status: 'not_ready', checks: { postgres: 'unavailable', temporal: 'ok' } }]);
  expect((await ask('/health/live'))[0]).toBe(200);
});

it('a taken port is told', async () => {
  await start(() => true);
  await expect(startHealthServer({ host: '127.0.0.1', port: server!.port, isWorking: () => true, checks: {} })).rejects.toThrow(
    'EADDRINUSE',
  );
});
