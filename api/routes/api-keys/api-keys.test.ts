import { inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeys, auditEvents, idempotencyKeys } from '../../../db/schema/index.ts';
import { ensureBootstrapAdminKey } from '../../services/api-keys/bootstrap.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { countLockWaits } from '../../../test/support/lock-waits.ts';

const path = '/v1/api-keys';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = (body: unknown, headers?: Record<string, string>) => api.call('POST', path, body, headers ? { headers } : {});

describe('creating a key', () => {
  it('S3: the key is shown once, works at once, and is stored as a hash only', async () => {
    const { status, body, headers } = await create({ name: 'ci', role: 'viewer' });
    expect([status, body, headers.get('cache-control')]).toEqual([
      201,
      { id: expect.any(String), name: 'ci', role: 'viewer', key: expect.stringMatching(/^muster_[\w-]{43}$/) },
      'no-store',
    ]);
    expect((await api.call('GET', '/v1/clouds', undefined, { key: body.key })).status).toBe(200);
    const stored =
      JSON.stringify(await api.database.db.select().from(apiKeys)) + JSON.stringify(await api.database.db.select().from(auditEvents));
    const shown = (await api.call('GET', path)).text + (await api.call('GET', '/v1/audit-events')).text;
    expect(stored + shown + api.logged()).not.toContain(body.key);
  });

  it('S2 S3: a repeat returns the same key, although the key is not stored', async () => {
    const input = { name: 'repeated', role: 'admin' };
    const first = await create(input, { 'Idempotency-Key': 'a1' });
    const second = await create(input, { 'Idempotency-Key': 'a1' });
    expect([second.status, second.text]).toEqual([201, first.text]);
    expect(JSON.stringify(await api.database.db.select().from(idempotencyKeys))).not.toContain(first.body.key.slice(7));
    const { body: list } = await api.call('GET', path);
    expect(list.items.filter(({ name }: { name: string }) => name === 'repeated')).toHaveLength(1);
  });

  it('S2: parallel repeats create one key', async () => {
    const input = { name: 'parallel', role: 'viewer' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(input, { 'Idempotency-Key': 'a2' })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it.each([
    [{}, ['/name', '/role']],
    [{ name: ' ', role: 'root' }, ['/name', '/role']],
    [{ name: 'back\u2060up', role: 'admin' }, ['/name']],
    [{ name: 'x', role: 'admin', key: 'mine' }, ['/key']],
  ])('%j is refused', async (body, pointers) => {
    const { status, body: problem } = await create(body);
    expect([status, problem.errors.map((fault: { pointer: string }) => fault.pointer)]).toEqual([422, pointers]);
  });
});

describe('revoking', () => {
  it('S3: the key is invalid at once and permanently', async () => {
    const { body: made } = await create({ name: 'short-lived', role: 'admin' });
    expect((await api.call('DELETE', `${path}/${made.id}`)).status).toBe(204);
    expect((await api.call('GET', '/v1/clouds', undefined, { key: made.key })).status).toBe(401);
    expect((await api.call('DELETE', `${path}/${made.id}`)).status).toBe(404);
    expect((await api.call('GET', path)).text).not.toContain(made.id);
  });

  async function revokeOtherAdmins(): Promise<void> {
    const { body: list } = await api.call('GET', path);
    const others = list.items.filter(({ id, role }: { id: string; role: string }) => role === 'admin' && id !== api.adminKeyId);
    for (const { id } of others) await api.call('DELETE', `${path}/${id}`);
  }

  it('S3: the last admin key stays, with its id in lower or upper case', async () => {
    await revokeOtherAdmins();
    for (const id of [api.adminKeyId, api.adminKeyId.toUpperCase()]) {
      const { status, body: problem } = await api.call('DELETE', `${path}/${id}`);
      expect([status, problem.code]).toEqual([409, 'last_admin_key']);
    }
  });

  it('S3: one admin key stays when the last two are revoked in parallel', async () => {
    await revokeOtherAdmins();
    const { body: second } = await create({ name: 'second', role: 'admin' });
    const both = inArray(apiKeys.id, [api.adminKeyId, second.id]);
    // Another transaction holds both rows until the two revocations wait for them, so that both are certain to run in
    // parallel.
    const answers = await api.database.db
      .transaction(async (tx) => {
        await tx.select().from(apiKeys).where(both).for('update');
        const revocations = [
          api.call('DELETE', `${path}/${api.adminKeyId}`, undefined, { key: second.key }),
          api.call('DELETE', `${path}/${second.id}`),
        ];
        await expect.poll(() => countLockWaits(api.database.db)).toBe(2);
        return revocations;
      })
      .then((revocations) => Promise.all(revocations));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 409]));
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe('last_admin_key');
  });
});

describe('the first admin key', () => {
  it('is created once at the first start, and stays revoked', async () => {
    const { db } = api.database;
    const key = `muster_${'b'.repeat(43)}`;
    expect(await ensureBootstrapAdminKey(db, key)).toBe(true);
    expect(await ensureBootstrapAdminKey(db, key)).toBe(true);
    const { body: list } = await api.call('GET', path, undefined, { key });
    const [own] = list.items.filter(({ name }: { name: string }) => name === 'bootstrap');
    expect((await api.call('POST', path, { name: 'another', role: 'admin' }, { key })).status).toBe(201);
    expect((await api.call('DELETE', `${path}/${own.id}`, undefined, { key })).status).toBe(204);
    expect(await ensureBootstrapAdminKey(db, key)).toBe(false);
    expect((await api.call('GET', path, undefined, { key })).status).toBe(401);
  });
});
