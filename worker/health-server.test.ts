import { afterEach, expect, it } from 'vitest';
import { startHealthServer, type HealthServer } from './health-server.ts';

let server: HealthServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function get(path: string): Promise<[number, unknown]> {
  const response = await fetch(`http://127.0.0.1:${server!.port}${path}`);
  return [response.status, await response.json()];
}

async function start(isWorking: () => boolean, postgres: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  server = await startHealthServer({ host: '127.0.0.1', port: 0, isWorking, checks: { postgres, temporal: () => Promise.resolve() } });
}

it('S6: a worker is ready only while it works, and live all the time', async () => {
  let isWorking = true;
  await start(() => isWorking);
  expect(await get('/health/ready')).toEqual([200, { status: 'ready', checks: { postgres: 'ok', temporal: 'ok' } }]);
  isWorking = false;
  expect((await get('/health/ready'))[0]).toBe(503);
  expect(await get('/health/live')).toEqual([200, { status: 'ok' }]);
  expect((await get('/anything'))[0]).toBe(404);
});

it('S6: an unavailable dependency is named, and a worker stays live without its database', async () => {
  await start(
    () => true,
    () => Promise.reject(new Error('connect ECONNREFUSED')),
  );
  expect(await get('/health/ready')).toEqual([503, { status: 'not_ready', checks: { postgres: 'unavailable', temporal: 'ok' } }]);
  expect((await get('/health/live'))[0]).toBe(200);
});

it('a taken port is reported', async () => {
  await start(() => true);
  await expect(startHealthServer({ host: '127.0.0.1', port: server!.port, isWorking: () => true, checks: {} })).rejects.toThrow(
    'EADDRINUSE',
  );
});
