import { setTimeout as delay } from 'node:timers/promises';
import { withConnection } from '../../dev/postgres/server.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEvents } from '../../db/schema/index.ts';
import { EventReader } from '../../test/support/api/event-stream.ts';
import { newRequest } from '../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../test/support/api/harness.ts';
import { serveOverHttp } from '../../test/support/api/over-http.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { isPrivateAddress } from './client-address.ts';
import { startFailedSignIns } from './failed-sign-ins.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const wrongKey = `muster_${'x'.repeat(43)}`;

describe('limits per key', () => {
  it('B5: a key over its limit gets 429 with Retry-After, and other keys do not', async () => {
    const limited = api.anotherInstance({ callers: { callsPerKey: 3 } });
    const calls = async (key: string) => {
      const statuses: number[] = [];
      for (let count = 0; count < 5; count += 1) statuses.push((await limited.call('GET', '/v1/clouds', undefined, { key })).status);
      return statuses;
    };
    expect(await calls(api.adminKey)).toEqual([200, 200, 200, 429, 429]);
    expect(await calls(api.viewerKey)).toEqual([200, 200, 200, 429, 429]);
    const refused = await limited.call('GET', '/v1/clouds');
    expect([refused.body.code, Number(refused.headers.get('retry-after')) > 0]).toEqual(['rate_limited', true]);
  });

  it('B5: creates have a lower limit of their own, and reads go on', async () => {
    const limited = api.anotherInstance({ callers: { writesPerKey: 2 } });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await limited.call('POST', '/v1/delegation-requests', newRequest())).status);
    expect(statuses).toEqual([201, 201, 429, 429]);
    expect((await limited.call('GET', '/v1/clouds')).status).toBe(200);
  });

  it('B5: a key has at most its number of open streams; a stream that ends makes room', async () => {
    const limited = api.anotherInstance({ callers: { streamsPerKey: 2 } });
    const { body } = await api.call('POST', '/v1/delegation-requests', newRequest());
    const path = `/v1/delegation-requests/${body.id}/events`;
    const open = () => limited.fetch(path, { headers: { Authorization: `Bearer ${api.adminKey}` } });
    const streams = [await open(), await open()].map((response) => new EventReader(response));
    const refused = await limited.call('GET', path);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([429, 'too_many_streams', '10']);
    expect((await limited.fetch(path, { headers: { Authorization: `Bearer ${api.viewerKey}` } })).status).toBe(200);
    await streams[0]!.leave();
    await waitFor('room for a stream', async () => {
      const response = await open();
      await response.body?.cancel();
      return response.status === 200;
    });
    limited.stop();
  });
});

describe('failed sign-ins', () => {
  it('B5: 300 wrong keys from one address: 401, then 429 with Retry-After; a valid key from there is served throughout', async () => {
    const limited = api.anotherInstance({ callers: { failuresPerAddress: 20 } });
    const server = await serveOverHttp(limited);
    const withKey = (key: string) => fetch(`${server.url}/v1/clouds`, { headers: { Authorization: `Bearer ${key}` } });
    const wrong = Array.from({ length: 300 }, () => withKey(wrongKey));
    const valid = Array.from({ length: 20 }, () => withKey(api.adminKey));
    expect((await Promise.all(valid)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const refused = await Promise.all(wrong);
    expect(refused.filter(({ status }) => status === 401)).toHaveLength(20);
    const limitedAnswers = refused.filter(({ status }) => status === 429);
    expect(limitedAnswers).toHaveLength(280);
    expect(limitedAnswers.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
    await server.close();
  });

  it('B5: are counted, and audited as one line', async () => {
    const counted = api.anotherInstance();
    for (let count = 0; count < 7; count += 1) await counted.call('GET', '/v1/clouds', undefined, { key: wrongKey });
    await counted.call('GET', '/v1/clouds', undefined, { key: null });
    const { text } = await counted.call('GET', '/metrics', undefined, { key: null });
    expect(text).toMatch(/muster_failed_sign_ins_total\{reason="refused"\} 7/);
    expect(text).toMatch(/muster_failed_sign_ins_total\{reason="missing"\} 1/);
    expect(text + api.logged()).not.toContain(wrongKey);

    const { db } = api.database;
    await withConnection(api.ownerUrl, (owner) => owner`delete from audit_events`);
    const signIns = startFailedSignIns(db, { warn: () => {} } as never);
    for (let count = 0; count < 500; count += 1) signIns.note('192.0.2.1');
    signIns.note('192.0.2.2');
    await signIns.close();
    const lines = await db.select().from(auditEvents).orderBy(auditEvents.targetId);
    expect(lines.map(({ action, targetType, targetId, detail }) => [action, targetType, targetId, detail['count']])).toEqual([
      ['sign_in.failed', 'network', '192.0.2.1', 500],
      ['sign_in.failed', 'network', '192.0.2.2', 1],
    ]);
  });

  it('B5: a flood from many addresses makes a bounded number of audit lines', async () => {
    const { db } = api.database;
    await withConnection(api.ownerUrl, (owner) => owner`delete from audit_events`);
    const signIns = startFailedSignIns(db, { warn: () => {} } as never);
    for (let count = 0; count < 1_000; count += 1) signIns.note(`2001:db8:0:${count}`);
    await signIns.close();
    const lines = await db.select().from(auditEvents);
    expect(lines.length).toBeLessThanOrEqual(201);
    expect(lines.reduce((sum, { detail }) => sum + Number(detail['count']), 0)).toBe(1_000);
  });
});

describe('a proxy that the settings do not name', () => {
  it('B5: is reported in the log once', async () => {
    const told = api.anotherInstance();
    const server = await serveOverHttp(told);
    const before = api.logged().length;
    for (let count = 0; count < 3; count += 1) {
      await fetch(`${server.url}/health/live`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
    }
    expect(
      api
        .logged()
        .slice(before)
        .match(/MUSTER_TRUSTED_PROXIES is 0/g),
    ).toHaveLength(1);
    await server.close();
  });

  it.each([
    ['10.1.2.3', true],
    ['::ffff:172.20.0.1', true],
    ['127.0.0.1', true],
    ['::1', true],
    ['fd00::1', true],
    ['172.32.0.1', false],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
    ['unknown', false],
  ])('%s is private: %s', (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate);
  });
});

it('B5: many readiness checks within a second cost one check', async () => {
  const cached = api.anotherInstance({ intervals: { readinessMs: 1_000 } });
  let asked = 0;
  api.workflows.ping = async () => void (asked += 1);
  await Promise.all(Array.from({ length: 50 }, () => cached.call('GET', '/health/ready', undefined, { key: null })));
  expect(asked).toBe(1);
  await delay(1_100);
  await cached.call('GET', '/health/ready', undefined, { key: null });
  expect(asked).toBe(2);
});
