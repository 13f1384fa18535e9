import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureSecrets, ownerDatabaseUrl } from './secrets.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-secrets-'));
  file = join(folder, 'secrets.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('secrets survive a restart, so that the database stays readable', () => {
  const first = ensureSecrets(file);
  expect(ensureSecrets(file)).toEqual(first);
  expect(Buffer.from(first.sealingKeys.split(':')[1] ?? '', 'base64')).toHaveLength(32);
});

test('no other user of the machine can read them', async () => {
  ensureSecrets(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('an installation from before the application had a role of its own gets its password, and keeps the rest', async () => {
  const { applicationPassword: _none, ...older } = ensureSecrets(file);
  await writeFile(file, JSON.stringify(older));
  const completed = ensureSecrets(file);
  expect(completed).toMatchObject(older);
  expect(completed.applicationPassword).toHaveLength(32);
  expect(ensureSecrets(file)).toEqual(completed);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("the owner's URL names the same database as the application's", () => {
  const { postgresPassword } = ensureSecrets(file);
  expect(ownerDatabaseUrl(folder, 'postgres://muster_app:secret@127.0.0.1:5433/muster')).toBe(
    `postgres://muster:${postgresPassword}@127.0.0.1:5433/muster`,
  );
});

test('a damaged file is never replaced, because its sealing key may be recoverable', async () => {
  await writeFile(file, '{"sealingKeys":"local:abc"}');
  expect(() => ensureSecrets(file)).toThrow('is damaged');
});
