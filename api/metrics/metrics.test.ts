import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, firstIdAt } from '../../db/ids.ts';
import { delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import { insertCloud } from '../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness, type ApiInstance } from '../../test/support/api/harness.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  await api.database.db.delete(notificationInbox);
});
afterAll(() => api?.close());

/** The value of each series of a metric, by its labels in Prometheus' text format. */
async function read(instance: ApiInstance, metric: string): Promise<Record<string, number>> {
  const { status, headers, text } = await instance.call('GET', '/metrics', undefined, { key: null });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`));
  return Object.fromEntries(lines.map((line) => [/\{(.*)\}/.exec(line)?.[1] ?? '', Number(line.split(' ').at(-1))]));
}

async function notify(about: { secondsAgo: number; handledSecondsAgo?: number; id?: string }): Promise<void> {
  const at = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const isHandled = about.handledSecondsAgo !== undefined;
  await api.database.db.insert(notificationInbox).values({
    id: about.id ?? newId(),
    messageId: newId(),
    source: 'queue',
    type: 'StateChange',
    awsUpdatedAt: at(about.secondsAgo),
    status: isHandled ? 'signalled' : 'received',
    handledAt: isHandled ? at(about.handledSecondsAgo!) : null,
  });
}

describe('/metrics', () => {
  it('S6: needs no key and reports the requests of every phase, including phases without requests', async () => {
    const row = { nickname: 'x', scope: 'account', roleName: 'r', sessionDurationSeconds: 3_600 } as const;
    await api.database.db.insert(delegationRequests).values([
      { ...row, id: newId(), accountId: '111111111111', phase: 'requested' },
      { ...row, id: newId(), accountId: '222222222222', phase: 'failed' },
      { ...row, id: newId(), accountId: '222222222222', phase: 'failed' },
    ]);
    expect(await read(api.anotherInstance(), 'muster_delegation_requests')).toEqual({
      'phase="requested"': 1,
      'phase="deploying"': 0,
      'phase="verifying"': 0,
      'phase="completed"': 0,
      'phase="rejected"': 0,
      'phase="expired"': 0,
      'phase="failed"': 2,
      'phase="cancelled"': 0,
    });
  });

  it('S6: the notification lag is the longest recent lag; a waiting notification counts at any age', async () => {
    await notify({ secondsAgo: 100, handledSecondsAgo: 40 });
    await notify({ secondsAgo: 10, handledSecondsAgo: 9 });
    await notify({ secondsAgo: 90_000, handledSecondsAgo: 3_600, id: firstIdAt(Date.now() - 3_600_000) });
    const quiet = api.anotherInstance();
    expect(await read(quiet, 'muster_notifications_waiting')).toEqual({ '': 0 });
    expect((await read(quiet, 'muster_notification_lag_seconds'))['']).toBeCloseTo(60, 0);
    await notify({ secondsAgo: 7_200, id: firstIdAt(Date.now() - 7_200_000) });
    const stuck = api.anotherInstance();
    expect(await read(stuck, 'muster_notifications_waiting')).toEqual({ '': 1 });
    expect((await read(stuck, 'muster_notification_lag_seconds'))['']).toBeGreaterThanOrEqual(7_200);
  });

  it('S6: calls are counted by route, and not by the ids or unknown paths in them', async () => {
    const instance = api.anotherInstance();
    for (const { id } of [await insertCloud(api), await insertCloud(api)]) await instance.call('GET', `/v1/clouds/${id}`);
    await instance.call('GET', `/v1/clouds/${newId()}`);
    await instance.call('GET', '/v1/clouds', undefined, { key: null });
    for (const path of ['/a', '/b', '/v1/c', '/v1/d']) await instance.call('GET', path);
    await instance.fetch('/metrics', { method: 'BREW' });
    expect(await read(instance, 'muster_http_request_duration_seconds_count')).toEqual({
      'method="GET",route="/v1/clouds/:id",status="200"': 2,
      'method="GET",route="/v1/clouds/:id",status="404"': 1,
      'method="GET",route="/v1/clouds",status="401"': 1,
      'method="GET",route="unmatched",status="404"': 4,
      'method="other",route="unmatched",status="405"': 1,
    });
  });

  it('S6: without the database, other metrics can be read, and no stale value is reported', async () => {
    const away = api.anotherInstance({ databaseUrl: 'postgres://nobody:nothing@127.0.0.1:1/none' });
    expect(await read(away, 'muster_delegation_requests')).toEqual({});
    expect(await read(away, 'muster_notification_lag_seconds')).toEqual({});
    expect(await read(away, 'muster_http_request_duration_seconds_count')).toEqual({ 'method="GET",route="/metrics",status="200"': 2 });
  });

  it('S6: callers without a key cannot load the database, because values are cached for seconds', async () => {
    const instance = api.anotherInstance();
    const before = await read(instance, 'muster_notifications_waiting');
    await notify({ secondsAgo: 5 });
    expect(await read(instance, 'muster_notifications_waiting')).toEqual(before);
  });
});
