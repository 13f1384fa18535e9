import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delegationRequests } from '../../../db/schema/index.ts';
import { appendTimeline } from '../../../db/timeline.ts';
import { endRequest, newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';

const path = '/v1/delegation-requests';
const unknownId = '019a0000-0000-7000-8000-000000000001';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = async (changes: Record<string, unknown> = {}) => (await api.call('POST', path, newRequest(changes))).body;

describe('one delegation request', () => {
  it('D8 D9: can be read by its id, with its timeline in order', async () => {
    const { id } = await create();
    await api.database.db.transaction((tx) =>
      appendTimeline(tx, id, [
        { key: 'a', at: '2026-01-02T03:04:05.006Z', type: 'aws_state', message: 'Somebody claimed it.', detail: { awsState: 'assigned' } },
      ]),
    );
    const { status, body: request } = await api.call('GET', `${path}/${id}`);
    expect(status).toBe(200);
    expect(request.timeline.map((entry: { id: number }) => entry.id)).toEqual([1, 2]);
    expect(request.timeline[1]).toEqual({
      id: 2,
      at: '2026-01-02T03:04:05.006Z',
      type: 'aws_state',
      message: 'Somebody claimed it.',
      detail: { awsState: 'assigned' },
    });
  });

  it('D3 D4: shows each field that the workflow records', async () => {
    const { id } = await create();
    const expiresAt = new Date('2026-03-01T00:00:00.000Z');
    const { db } = api.database;
    await db
      .update(delegationRequests)
      .set({
        awsState: 'pending_approval',
        expiresAt,
        stackName: 'muster',
        stackStatus: 'CREATE_IN_PROGRESS',
        failureCode: 'stack_failed',
        failureMessage: 'why',
      })
      .where(eq(delegationRequests.id, id));
    expect((await api.call('GET', `${path}/${id}`)).body).toMatchObject({
      awsState: 'pending_approval',
      expiresAt: '2026-03-01T00:00:00.000Z',
      stack: { name: 'muster', status: 'CREATE_IN_PROGRESS' },
      failure: { code: 'stack_failed', message: 'why' },
    });
    await db.update(delegationRequests).set({ phase: 'deploying' }).where(eq(delegationRequests.id, id));
    expect((await api.call('GET', `${path}/${id}`)).body.expiresAt).toBeNull();
  });

  it('D2: the policy is the JSON that AWS got, and is not available before', async () => {
    const { id } = await create();
    const early = await api.call('GET', `${path}/${id}/policy`);
    expect([early.status, early.body.code]).toEqual([409, 'policy_not_ready']);
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iam:CreateRole'], Resource: '*' }] };
    await api.database.db
      .update(delegationRequests)
      .set({ permissionPolicy: JSON.stringify(policy) })
      .where(eq(delegationRequests.id, id));
    const { status, body } = await api.call('GET', `${path}/${id}/policy`);
    expect([status, body]).toEqual([200, policy]);
  });

  it.each(['', '/policy', '/events'])('an unknown or malformed id answers 404 (%s)', async (rest) => {
    for (const id of [unknownId, 'not-a-uuid']) {
      const { status, body: problem } = await api.call('GET', `${path}/${id}${rest}`);
      expect([status, problem.code]).toEqual([404, 'not_found']);
    }
  });
});

describe('the list of delegation requests', () => {
  it('D8: pages show every request once, newest first, with the total', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push((await create({ nickname: `paged ${index}` })).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body: page } = await api.call('GET', `${path}?limit=3&search=paged${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.total).toBe(7);
      seen.push(...page.items.map((item: { id: string }) => item.id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it('a request that is created between two pages does not shift the pages', async () => {
    for (let index = 0; index < 4; index += 1) await create({ nickname: `shift ${index}` });
    const { body: first } = await api.call('GET', `${path}?limit=2&search=shift`);
    await create({ nickname: 'shift late' });
    const { body: second } = await api.call('GET', `${path}?limit=2&search=shift&cursor=${first.nextCursor}`);
    const names = [...first.items, ...second.items].map((item: { nickname: string }) => item.nickname);
    expect(names).toEqual(['shift 3', 'shift 2', 'shift 1', 'shift 0']);
  });

  it('D1: can be searched by part of the nickname in any case, and by account id', async () => {
    const wanted = await create({ nickname: 'Blue_100% Whale' });
    await create({ nickname: 'BlueX1000 Whale' });
    for (const search of ['blue_100% w', 'BLUE_', wanted.accountId]) {
      const { body: page } = await api.call('GET', `${path}?search=${encodeURIComponent(search)}`);
      expect(page.items.map((item: { id: string }) => item.id)).toEqual([wanted.id]);
    }
  });

  it('can be filtered by one phase or several phases', async () => {
    const [rejected, failed] = [await create({ nickname: 'phase a' }), await create({ nickname: 'phase b' })];
    await create({ nickname: 'phase c' });
    await endRequest(api, rejected.id, 'rejected');
    await endRequest(api, failed.id, 'failed');
    const ids = async (query: string) =>
      (await api.call('GET', `${path}?search=phase&${query}`)).body.items.map((item: { id: string }) => item.id);
    expect(await ids('phase=rejected')).toEqual([rejected.id]);
    expect(await ids('phase=rejected&phase=failed')).toEqual([failed.id, rejected.id]);
  });

  it.each([
    ['limit=0', '/limit', /1 to 200/],
    ['limit=201', '/limit', /1 to 200/],
    ['limit=ten', '/limit', /1 to 200/],
    ['limit=1&limit=2', '/limit', /1 to 200/],
    ['cursor=nonsense', '/cursor', /nextCursor/],
    [
      `cursor=${Buffer.from('["clouds","2026-01-01T00:00:00.000Z","019a0000-0000-7000-8000-000000000001"]').toString('base64url')}`,
      '/cursor',
      /nextCursor/,
    ],
    [`cursor=${Buffer.from('["delegation-requests","never","x"]').toString('base64url')}`, '/cursor', /nextCursor/],
    ...['+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '2026-13-01T00:00:00.000Z'].map(
      (time): [string, string, RegExp] => [
        `cursor=${Buffer.from(JSON.stringify(['delegation-requests', time, '019a0000-0000-7000-8000-000000000001'])).toString('base64url')}`,
        '/cursor',
        /nextCursor/,
      ],
    ),
    ['phase=sleeping', '/phase/0', /phase must be one of/],
    ['page=2', '/page', /no query parameter "page"/],
    ['search=a&search=b', '/search', /once/],
  ])('the query %s is refused with a message that states the rule', async (query, pointer, message) => {
    const { status, body: problem } = await api.call('GET', `${path}?${query}`);
    expect(status).toBe(422);
    expect(problem.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });
});
