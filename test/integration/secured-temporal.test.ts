import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { dist } from '../../dev/build/build.ts';
import { startTestPostgres, type TestPostgres } from '../../dev/postgres/test-postgres.ts';
import { findFreePort } from '../../dev/process/ports.ts';
import { startLocalServer } from '../support/local-server.ts';
import { createAuthority, startTlsProxy, type Identity, type TlsProxy } from '../support/tls-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

const serverName = 'temporal.internal';

let folder: string;
let server: TestWorkflowEnvironment;
let proxy: TlsProxy;
let postgres: TestPostgres;
let databaseUrl: string;
/** Variables of each client. */
let own: NodeJS.ProcessEnv;
let stranger: NodeJS.ProcessEnv;
let without: NodeJS.ProcessEnv;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-secured-'));
  [server, postgres] = await Promise.all([startLocalServer(), startTestPostgres()]);
  databaseUrl = (await postgres.createMigratedDatabase()).url;
  const [authority, other] = await Promise.all([createAuthority('Muster test'), createAuthority('Another')]);
  proxy = await startTlsProxy(await authority.issueServer(serverName), authority.cert, server.address);
  await writeFile(join(folder, 'ca.pem'), authority.cert);
  without = {
    TEMPORAL_ADDRESS: proxy.address,
    TEMPORAL_TLS_SERVER_NAME: serverName,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'ca.pem'),
  };
  own = { ...without, ...(await filesOf('muster', await authority.issueClient('muster'))) };
  stranger = { ...without, ...(await filesOf('stranger', await other.issueClient('stranger'))) };
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
});
afterAll(async () => {
  await proxy?.close();
  await server?.teardown();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function filesOf(name: string, { cert, key }: Identity): Promise<NodeJS.ProcessEnv> {
  await writeFile(join(folder, `${name}.pem`), cert);
  await writeFile(join(folder, `${name}.key`), key, { mode: 0o600 });
  return { TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, `${name}.pem`), TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, `${name}.key`) };
}

const base = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: folder });

/** Runs `npm run temporal:setup`'s program to its end. */
function setUp(env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(dist, 'worker/temporal-setup/main.js')], { env: { ...base(), ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

function start(program: 'api' | 'worker', env: NodeJS.ProcessEnv): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(dist, program, 'main.js')], {
    env: {
      ...base(),
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      MUSTER_SEALING_KEYS: `k:${randomBytes(32).toString('base64')}`,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      MUSTER_CALLER_ROLE_ARN: 'arn:aws:iam::909090909090:role/muster-caller',
      MUSTER_NOTIFICATION_TOPIC_ARN: 'arn:aws:sns:us-east-1:909090909090:topic',
      MUSTER_NOTIFICATION_QUEUE_URL: 'http://127.0.0.1:1/909090909090/no-queue',
      MUSTER_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/account',
      MUSTER_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/boundary',
      MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/organization',
      MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/organization-boundary',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

/** Returns once the program is ready. Fails with its output if it ends before. */
async function ready({ child, output }: ReturnType<typeof start>): Promise<void> {
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [output()])])) as unknown[];
  expect(message).toEqual({ type: 'ready' });
}

describe('a Temporal that demands a client certificate', () => {
  it('lets every program in that has one', async () => {
    expect(await setUp(own)).toEqual({ code: 0, output: 'Temporal was already set up for Muster.\n' });

    const worker = start('worker', own);
    await ready(worker);
    const started = worker.output().match(/^.*"connection to Temporal".*$/m)?.[0];
    expect(JSON.parse(started!)).toMatchObject({
      payloadCodec: 'decode',
      temporal: { address: proxy.address, tls: true, serverName, clientCertificate: true, from: { tls: 'environment' } },
    });
    expect(worker.output()).not.toContain('BEGIN');

    const port = await findFreePort();
    const api = start('api', { ...own, PORT: String(port) });
    await ready(api);
    await waitFor('the API to reach Temporal', async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok);
    expect(new Set(proxy.clients)).toEqual(new Set(['muster']));
  });

  it('lets a program in by a profile that TEMPORAL_PROFILE names', async () => {
    const profile = join(folder, 'profiles.toml');
    await writeFile(
      profile,
      [
        `[profile.secured]\naddress = "${proxy.address}"\n[profile.secured.tls]`,
        `server_name = "${serverName}"`,
        `server_ca_cert_path = "${without['TEMPORAL_TLS_SERVER_CA_CERT_PATH']}"`,
        `client_cert_path = "${own['TEMPORAL_TLS_CLIENT_CERT_PATH']}"`,
        `client_key_path = "${own['TEMPORAL_TLS_CLIENT_KEY_PATH']}"`,
      ].join('\n'),
    );
    expect(await setUp({ TEMPORAL_CONFIG_FILE: profile, TEMPORAL_PROFILE: 'secured' })).toMatchObject({ code: 0 });
  });

  it.each([
    ['no certificate', () => without, 'the server demands a client certificate. Set TEMPORAL_TLS_CLIENT_CERT_PATH'],
    ['a certificate of another authority', () => stranger, 'the server does not accept the client certificate'],
  ])('refuses a program with %s, which reports why', async (_what, env, reason) => {
    for (const { code, output } of await Promise.all([setUp(env()), endOf(start('worker', env()))])) {
      expect(code, output).toBe(1);
      expect(output).toContain('cannot start: it does not reach Temporal at 127.0.0.1:');
      expect(output).toContain(reason);
      expect(output).not.toMatch(/BEGIN|at .*\.js:/);
    }
  });

  it('the API starts without a certificate, is not ready, and logs why', async () => {
    const port = await findFreePort();
    const api = start('api', { ...without, PORT: String(port) });
    await ready(api);
    await waitFor('the API to reach Postgres only', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      const { checks } = (await answer.json()) as { checks: { postgres: string; temporal: string } };
      return answer.status === 503 && checks.postgres === 'ok' && checks.temporal === 'unavailable';
    });
    await expect.poll(api.output, { timeout: 120_000 }).toContain('the server demands a client certificate');
  });
});

async function endOf({ child, output }: ReturnType<typeof start>): Promise<{ code: number | null; output: string }> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output: output() };
}
