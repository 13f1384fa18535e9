import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endRequest, insertCloud, newRequest } from '../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../test/support/api/harness.ts';
import { serveOverHttp } from '../test/support/api/over-http.ts';
import type { ApiServer } from './server.ts';

let api: ApiHarness;
let server: ApiServer;

beforeAll(async () => {
  api = await startApi();
  server = await serveOverHttp(api);
});
afterAll(async () => {
  await server.close();
  await api.close();
});

const send = (method: string, path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, {
    method,
    ...init,
    headers: { Authorization: `Bearer ${api.adminKey}`, ...(init.headers as Record<string, string>) },
  });

describe('over HTTP', () => {
  it.each([
    ['no body', {}],
    ['no body with a content type', { headers: { 'Content-Type': 'application/json' } }],
    ['an empty object', { body: '{}', headers: { 'Content-Type': 'application/json' } }],
  ] as [string, RequestInit][])('D9 C3: calls without fields accept %s', async (_what, init) => {
    const { body: request } = await api.call('POST', '/v1/delegation-requests', newRequest());
    expect((await send('POST', `/v1/delegation-requests/${request.id}/cancel`, init)).status).toBe(200);
    await endRequest(api, request.id, 'cancelled');
    expect((await send('POST', `/v1/delegation-requests/${request.id}/resend`, init)).status).toBe(201);
    const cloud = await insertCloud(api);
    expect((await send('POST', `/v1/clouds/${cloud.id}/recheck`, init)).status).toBe(202);
    expect((await send('DELETE', `/v1/clouds/${cloud.id}`)).status).toBe(200);
  });

  it('a body over 1 MiB is refused, with or without a declared length', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const known = await send('POST', '/v1/delegation-requests', { body: ' '.repeat(1_100_000), headers });
    expect([known.status, known.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
    let chunks = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new Uint8Array(100_000).fill(32));
        if (chunks === 15) controller.close();
      },
    });
    const unknown = await send('POST', '/v1/delegation-requests', { body: stream, duplex: 'half', headers });
    expect(unknown.status).toBe(413);
  });

  it('B1: a percent-encoded slash in a badge key is kept', async () => {
    const cloud = await insertCloud(api);
    const init = { body: '{"value":"v"}', headers: { 'Content-Type': 'application/json' } };
    const answer = await send('PUT', `/v1/clouds/${cloud.id}/badges/${encodeURIComponent('a/b%2Fc')}`, init);
    expect([answer.status, ((await answer.json()) as { key: string }).key]).toEqual([200, 'a/b%2Fc']);
  });
});
