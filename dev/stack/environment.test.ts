import { mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addressesOf, environmentsOf, type Environments } from './environment.ts';
import { openHome } from './home.ts';
import { ensureSecrets } from './secrets.ts';

const PORTS = { api: 1, temporal: 2, temporalUi: 3, sandbox: 4, postgres: 5 };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-environment-'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIADEVELOPER');
  vi.stubEnv('AWS_PROFILE', 'production');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function environments(existingTemporal?: string): Environments {
  const home = openHome(folder);
  const secrets = ensureSecrets(home.secretsFile);
  return environmentsOf(home, PORTS, addressesOf(PORTS, secrets, 'default', existingTemporal), secrets);
}

test("a developer's own AWS identity reaches no program of the stack, so that a demo never acts on a real account", () => {
  for (const env of Object.values(environments())) expect(Object.keys(env)).not.toContain('AWS_ACCESS_KEY_ID');
  const { worker } = environments();
  expect(worker).not.toHaveProperty('AWS_PROFILE');
  expect(worker).toMatchObject({ AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_CONFIG_FILE: devNull });
});

test('O3: the worker gets its identity from the metadata service, and only the worker calls AWS', () => {
  const { worker, api } = environments();
  expect(worker).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:4',
    MUSTER_NOTIFICATION_QUEUE_URL: 'http://127.0.0.1:4/909090909090/muster-delegation-notifications',
  });
  expect(api).not.toHaveProperty('AWS_ENDPOINT_URL');
});

test('D5: the worker gets the ARNs that AWS registered, for an account and for an organization', () => {
  expect(environments().worker).toMatchObject({
    MUSTER_POLICY_TEMPLATE_ARN: expect.stringContaining('/account-onboarding_'),
    MUSTER_PERMISSIONS_BOUNDARY_ARN: expect.stringContaining('/harvest-boundary_'),
    MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: expect.stringContaining('/organization-onboarding_'),
    MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: expect.stringContaining('/organization-boundary_'),
  });
});

test('S4: only the API of this stack trusts certificates of a sandbox, and only of its own', () => {
  const { api, worker } = environments();
  expect(api).toMatchObject({ MUSTER_SNS_CERTIFICATE_ORIGIN: 'http://127.0.0.1:4' });
  expect(worker).not.toHaveProperty('MUSTER_SNS_CERTIFICATE_ORIGIN');
});

test('only the API gets the first admin key, and the sandbox gets no secret', () => {
  const all = environments();
  expect(all.api).toHaveProperty('MUSTER_BOOTSTRAP_ADMIN_KEY');
  expect(all.worker).not.toHaveProperty('MUSTER_BOOTSTRAP_ADMIN_KEY');
  for (const name of ['DATABASE_URL', 'MUSTER_SEALING_KEYS']) expect(all.sandbox).not.toHaveProperty(name);
});

test('only migrations get the owner of the tables', () => {
  vi.stubEnv('MIGRATE_DATABASE_URL', 'postgres://owner:secret@db.example/muster');
  const { migrate, ...others } = environments();
  expect(migrate['MIGRATE_DATABASE_URL']).toMatch(/^postgres:\/\/muster:[^@]+@127\.0\.0\.1:5\/muster$/);
  for (const env of Object.values(others)) expect(env).not.toHaveProperty('MIGRATE_DATABASE_URL');
  expect(new Set([others.worker, others.api, migrate].map((env) => new URL(env['DATABASE_URL']!).username))).toEqual(
    new Set(['muster_app']),
  );
});

test("a developer's own Temporal settings reach no program, unless the stack uses the server that they are for", () => {
  const own = {
    TEMPORAL_CONFIG_FILE: '/home/dev/temporal.toml',
    TEMPORAL_PROFILE: 'production',
    TEMPORAL_API_KEY: 'key',
    TEMPORAL_TLS: 'true',
    TEMPORAL_TLS_CLIENT_KEY_PATH: '/home/dev/key.pem',
    TEMPORAL_GRPC_META_TEAM: 'a',
  };
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
  for (const env of Object.values(environments())) for (const name of Object.keys(own)) expect(env).not.toHaveProperty(name);
  const { worker, api } = environments('temporal.example:7233');
  for (const env of [worker, api]) {
    expect(env).toMatchObject({ TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'true', TEMPORAL_TLS_CLIENT_KEY_PATH: '/home/dev/key.pem' });
    expect(env).not.toHaveProperty('TEMPORAL_CONFIG_FILE');
    expect(env).not.toHaveProperty('TEMPORAL_PROFILE');
  }
});

test('the stack uses a given Temporal server as it is, and shows no UI for it', () => {
  const { worker } = environments('temporal.example:7233');
  expect(worker).toMatchObject({ TEMPORAL_ADDRESS: 'temporal.example:7233' });
});
