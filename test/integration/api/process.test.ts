import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { delegationRequests } from '../../../db/schema/index.ts';
import { dist } from '../../../dev/build/build.ts';
import { startTestPostgres, type TestPostgres } from '../../../dev/postgres/test-postgres.ts';
import { findFreePort } from '../../../dev/process/ports.ts';
import { EventReader } from '../../support/api/event-stream.ts';
import { waitFor } from '../../support/wait-for.ts';

const adminKey = `muster_${randomBytes(32).toString('base64url')}`;
const headers = { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' };
let postgres: TestPostgres;
let databaseUrl: string;
let running: ChildProcess | null = null;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = (await postgres.createMigratedDatabase()).url;
});
afterEach(async () => {
  if (running && running.exitCode === null && running.signalCode === null) {
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  }
  running = null;
});
afterAll(() => postgres?.stop());

interface StartedApi {
  url: string;
  child: ChildProcess;
  output(): string;
}

function spawnApi(environment: Record<string, string>): { child: ChildProcess; output(): string } {
  const child = spawn(process.execPath, [join(dist, 'api/main.js')], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  running = child;
  return { child, output: () => output };
}

/** Starts the API on a free port, without a Temporal unless `environment` gives one. */
async function startApi(environment: Record<string, string> = {}): Promise<StartedApi> {
  const [port, temporalPort] = [await findFreePort(), await findFreePort()];
  const { child, output } = spawnApi({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
    MUSTER_SEALING_KEYS: `k:${randomBytes(32).toString('base64')}`,
    MUSTER_CALLER_ROLE_ARN: 'arn:aws:iam::909090909090:role/muster-caller',
    MUSTER_BOOTSTRAP_ADMIN_KEY: adminKey,
    PORT: String(port),
    ...environment,
  });
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [output()])])) as unknown[];
  expect(message).toEqual({ type: 'ready' });
  return { url: `http://127.0.0.1:${port}`, child, output };
}

describe('the API process', () => {
  it('S6: starts before Temporal, reports that Temporal is missing, and accepts the bootstrap admin key', async () => {
    const { url } = await startApi();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, ((await ready.json()) as { checks: unknown }).checks]).toEqual([
      503,
      { postgres: 'ok', temporal: 'unavailable' },
    ]);
    expect((await fetch(`${url}/v1/clouds`, { headers })).status).toBe(200);
    const body = JSON.stringify({ nickname: 'n', scope: 'account', accountId: '111122223333', roleName: 'r', acknowledged: true });
    const refused = await fetch(`${url}/v1/delegation-requests`, { method: 'POST', headers, body });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('S6 D8: stops on SIGTERM: streams end with a reconnect delay, and the process exits with 0', async () => {
    const { url, child, output } = await startApi();
    const client = openDatabase({ url: databaseUrl, applicationName: 'test', poolSize: 1 });
    const id = newId();
    await client.db
      .insert(delegationRequests)
      .values({ id, nickname: 'x', scope: 'account', accountId: '444455556666', roleName: 'r', sessionDurationSeconds: 3_600 });
    await client.close();
    const stream = new EventReader(await fetch(`${url}/v1/delegation-requests/${id}/events`, { headers }));
    await stream.until(({ event }) => event === 'request');
    const stopped = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await stream.rest()).toEqual([]);
    expect(stream.raw).toContain('retry: ');
    expect(await stopped, output()).toEqual([0, null]);
    expect(output()).not.toContain(adminKey);
    expect(
      output()
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { msg: string }).msg)
        .at(-1),
    ).toBe('stopped');
  });

  it('S6: while it drains, it is not ready but serves calls, until a second signal', async () => {
    const { url, child, output } = await startApi({ DRAIN_SECONDS: '600' });
    const stopped = once(child, 'exit');
    child.kill('SIGTERM');
    await waitFor('a process that says it is about to stop', async () => {
      const ready = await fetch(`${url}/health/ready`);
      return ready.status === 503 && ((await ready.json()) as { detail: string }).detail === 'The process is about to stop.';
    });
    expect((await fetch(`${url}/v1/clouds`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await stopped, output()).toEqual([0, null]);
  });

  it('S6: a call that runs when the process stops gets its answer', async () => {
    // A Temporal that accepts connections and never answers.
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { url, child, output } = await startApi({ TEMPORAL_ADDRESS: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const connected = once(silent, 'connection');
    const body = JSON.stringify({ nickname: 'n', scope: 'account', accountId: '111122223333', roleName: 'r', acknowledged: true });
    const answer = fetch(`${url}/v1/delegation-requests`, { method: 'POST', headers, body });
    const [connection] = (await connected) as [{ destroy(): void }];
    const stopped = once(child, 'exit');
    child.kill('SIGTERM');
    const { status, code } = await answer.then(async (response) => ({
      status: response.status,
      code: ((await response.json()) as { code: string }).code,
    }));
    expect([status, code]).toEqual([503, 'temporal_unavailable']);
    expect(await stopped, output()).toEqual([0, null]);
    connection.destroy();
    silent.close();
  });

  it('S6: an idle connection of a client does not keep the process alive', async () => {
    const { url, child, output } = await startApi();
    const idle = await fetch(`${url}/v1/clouds`, { headers });
    await idle.text();
    const stopped = once(child, 'exit');
    child.kill('SIGINT');
    expect(await stopped, output()).toEqual([0, null]);
  });

  it('reports all invalid settings at once, and shows no secret', async () => {
    const { child, output } = spawnApi({
      DATABASE_URL: 'mysql://x',
      MUSTER_SEALING_KEYS: 'not-a-key',
      PORT: '99999',
      MUSTER_BOOTSTRAP_ADMIN_KEY: 'weak',
      MUSTER_NOTIFICATION_TOPIC_ARN: 'our-topic',
      MUSTER_SNS_CERTIFICATE_ORIGIN: 'http://127.0.0.1:4566/sns',
      MUSTER_WEBHOOK_CLIENT_LIMIT: '0',
      MUSTER_TRUSTED_PROXIES: 'all',
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    for (const name of [
      'DATABASE_URL',
      'TEMPORAL_ADDRESS',
      'MUSTER_SEALING_KEYS',
      'PORT',
      'MUSTER_BOOTSTRAP_ADMIN_KEY',
      'MUSTER_NOTIFICATION_TOPIC_ARN',
      'MUSTER_SNS_CERTIFICATE_ORIGIN',
      'MUSTER_WEBHOOK_CLIENT_LIMIT',
      'MUSTER_TRUSTED_PROXIES',
    ])
      expect(output()).toContain(`${name}:`);
    expect(output()).not.toMatch(/not-a-key|weak|at .*\.ts/);
  });
});
