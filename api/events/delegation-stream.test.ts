import { setTimeout as delay } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { delegationRequests } from '../../db/schema/index.ts';
import { appendTimeline } from '../../db/timeline.ts';
import { EventReader, type ServerSentEvent } from '../../test/support/api/event-stream.ts';
import { newRequest } from '../../test/support/api/fixtures.ts';
import { leakWarnings } from '../../test/support/leak-warnings.ts';
import { startApi, type ApiHarness, type ApiInstance } from '../../test/support/api/harness.ts';

const path = '/v1/delegation-requests';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => api.close());

const create = async (): Promise<string> => (await api.call('POST', path, newRequest())).body.id;

async function open(id: string, headers: Record<string, string> = {}, instance: ApiInstance = api, query = ''): Promise<EventReader> {
  const response = await instance.fetch(`${path}/${id}/events${query}`, {
    headers: { Authorization: `Bearer ${api.adminKey}`, ...headers },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  return new EventReader(response);
}

async function note(id: string, ...keys: string[]): Promise<void> {
  const entries = keys.map((key) => ({ key, at: new Date().toISOString(), type: 'note', message: key }));
  await api.database.db.transaction((tx) => appendTimeline(tx, id, entries));
}

async function finish(id: string): Promise<void> {
  await api.database.db.transaction(async (tx) => {
    await appendTimeline(tx, id, [{ key: 'end', at: new Date().toISOString(), type: 'note', message: 'end' }]);
    await tx.update(delegationRequests).set({ phase: 'completed' }).where(eq(delegationRequests.id, id));
  });
}

const messages = (events: ServerSentEvent[]): string[] =>
  events.filter(({ event }) => event === 'timeline').map(({ data }) => data.message);
const isRequest = ({ event }: ServerSentEvent): boolean => event === 'request';

describe('the stream of a delegation request', () => {
  it('D8: shows the past, then each change as it happens, and ends after a final phase', async () => {
    const id = await create();
    const stream = await open(id);
    const begin = await stream.until(isRequest);
    expect(begin.map(({ event, id: number }) => [event, number])).toEqual([
      ['timeline', '1'],
      ['request', null],
    ]);
    expect(begin[1]!.data).toMatchObject({ id, phase: 'requested' });
    await note(id, 'one');
    expect(messages(await stream.until(isRequest))).toEqual(['one']);
    await finish(id);
    const rest = await stream.rest();
    expect(messages(rest)).toEqual(['end']);
    expect(rest.at(-1)).toMatchObject({ event: 'request', data: { phase: 'completed' } });
  });

  it('D8: shows the whole timeline of an ended request, and ends', async () => {
    const id = await create();
    await note(id, ...Array.from({ length: 250 }, (_, index) => `entry ${index}`));
    await finish(id);
    const events = await (await open(id)).rest();
    expect(events.filter(({ event }) => event === 'timeline').map((event) => Number(event.id))).toEqual(
      Array.from({ length: 252 }, (_, index) => index + 1),
    );
  });

  it.each([
    ['header', { 'Last-Event-ID': '2' }, ''],
    ['query parameter', {}, '?lastEventId=2'],
  ])('D8: continues after the last entry that the client received, given by %s', async (_way, headers, query) => {
    const id = await create();
    await note(id, 'two', 'three');
    await finish(id);
    expect(messages(await (await open(id, headers as Record<string, string>, api, query)).rest())).toEqual(['three', 'end']);
  });

  it('D8 S7: a client that reconnects to another process misses nothing, while entries are written', async () => {
    const id = await create();
    const other = api.anotherInstance();
    const writing = (async () => {
      for (let index = 0; index < 60; index += 1) {
        await note(id, `pour ${index}`);
        await delay(2);
      }
      await finish(id);
    })();
    const seen: ServerSentEvent[] = [];
    for (let turn = 0, isOver = false; !isOver; turn += 1) {
      const last = seen.at(-1)?.id;
      const stream = await open(id, last ? { 'Last-Event-ID': last } : {}, turn % 2 === 0 ? api : other);
      const part = await stream.until(({ event, id: number }) => event === 'timeline' && Number(number) % 7 === 0);
      seen.push(...part.filter(({ event }) => event === 'timeline'));
      isOver = part.some(({ event, data }) => event === 'request' && data.phase === 'completed');
      await stream.leave();
    }
    await writing;
    expect(seen.map((event) => Number(event.id))).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
  });

  it('S6: many parallel readers do not count as a leak of listeners', async () => {
    const id = await create();
    const streams: EventReader[] = [];
    const warnings = await leakWarnings(async () => {
      for (let count = 0; count < 12; count += 1) streams.push(await open(id));
      for (const stream of streams) await stream.until(isRequest);
    });
    for (const stream of streams) await stream.leave();
    expect(warnings).toEqual([]);
  });

  it('D8: nothing is missed when the listening connection breaks', async () => {
    const id = await create();
    const stream = await open(id);
    await stream.until(isRequest);
    await api.database.db.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`,
    );
    await note(id, 'while nobody listened');
    expect(messages(await stream.until(isRequest))).toEqual(['while nobody listened']);
    await note(id, 'and after');
    expect(messages(await stream.until(isRequest))).toEqual(['and after']);
    await stream.leave();
  });

  it('S6: a process that stops ends its streams with a reconnect delay', async () => {
    const id = await create();
    const other = api.anotherInstance();
    const stream = await open(id, {}, other);
    await stream.until(isRequest);
    other.stop();
    expect(await stream.rest()).toEqual([]);
    expect(stream.raw).toContain('retry: ');
  });

  /** Advances performance.now() by the given milliseconds. Timers are not affected. */
  function passTime(milliseconds: number): void {
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + milliseconds);
  }

  it('D8: a comment comes every 15 s, even while entries are written', async () => {
    const id = await create();
    const stream = await open(id);
    await stream.until(isRequest);
    await note(id, 'early');
    await stream.until(isRequest);
    passTime(15_000);
    await note(id, 'late');
    await stream.until(isRequest);
    await note(id, 'at once');
    await stream.until(isRequest);
    await finish(id);
    await stream.rest();
    expect(stream.raw.match(/^(: still here|event: timeline)$/gm)).toEqual([
      'event: timeline',
      'event: timeline',
      ': still here',
      'event: timeline',
      'event: timeline',
      'event: timeline',
    ]);
  });

  it('S3: the stream of a revoked key ends within 15 s, even while entries are written', async () => {
    const id = await create();
    const { body: made } = await api.call('POST', '/v1/api-keys', { name: 'short-lived', role: 'viewer' });
    const stream = await open(id, { Authorization: `Bearer ${made.key}` });
    await stream.until(isRequest);
    await api.call('DELETE', `/v1/api-keys/${made.id}`);
    passTime(15_000);
    await note(id, 'unseen');
    expect(await stream.rest()).toEqual([]);
  }, 10_000);

  it('S6: a HEAD call leaves no listener behind', async () => {
    const id = await create();
    const other = api.anotherInstance();
    const headers = { Authorization: `Bearer ${api.adminKey}` };
    const response = await other.fetch(`${path}/${id}/events`, { method: 'HEAD', headers });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'text/event-stream', '']);
    expect(other.listeners()).toBe(0);
    const stream = await open(id, {}, other);
    expect(other.listeners()).toBe(1);
    await stream.leave();
  });

  it('a reader that never reads does not delay other readers', async () => {
    const id = await create();
    const [sleeper, reader] = [await open(id), await open(id)];
    await reader.until(isRequest);
    for (let index = 0; index < 30; index += 1) await note(id, `burst ${index}`);
    const seen: ServerSentEvent[] = [];
    while (messages(seen).length < 30) seen.push((await reader.next())!);
    expect(messages(seen).at(-1)).toBe('burst 29');
    await Promise.all([sleeper.leave(), reader.leave()]);
  });
});
