import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertCloud } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';

let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

it('S3: the trail shows who did what, when and in which call, newest first, with filters and pages', async () => {
  const cloud = await insertCloud(api);
  for (const nickname of ['one', 'two', 'three']) {
    await api.call('PATCH', `/v1/clouds/${cloud.id}`, { nickname }, { headers: { 'X-Request-Id': `rename-${nickname}` } });
  }
  await api.call('POST', `/v1/clouds/${cloud.id}/recheck`);
  const { body: renamed } = await api.call('GET', `/v1/audit-events?action=cloud.renamed&targetId=${cloud.id}&limit=2`);
  expect(renamed.total).toBe(3);
  expect(renamed.items[0]).toEqual({
    id: expect.any(String),
    at: expect.stringMatching(/Z$/),
    actor: { type: 'api_key', id: api.adminKeyId, name: 'Ada Admin' },
    action: 'cloud.renamed',
    target: { type: 'cloud', id: cloud.id },
    detail: { from: 'two', to: 'three' },
    requestId: 'rename-three',
  });
  const { body: rest } = await api.call(
    'GET',
    `/v1/audit-events?action=cloud.renamed&targetId=${cloud.id}&limit=2&cursor=${renamed.nextCursor}`,
  );
  expect(rest.items.map(({ requestId }: { requestId: string }) => requestId)).toEqual(['rename-one']);
  expect((await api.call('GET', '/v1/audit-events?targetType=api_key')).body.total).toBe(0);
});

it('S3: a change that fails leaves no entry', async () => {
  const [taken, cloud] = [await insertCloud(api, { nickname: 'occupied' }), await insertCloud(api)];
  expect((await api.call('PATCH', `/v1/clouds/${cloud.id}`, { nickname: 'occupied' })).status).toBe(409);
  expect((await api.call('GET', `/v1/audit-events?targetId=${cloud.id}`)).body.total).toBe(0);
  expect(taken.id).not.toBe(cloud.id);
});
