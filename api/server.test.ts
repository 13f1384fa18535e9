import { once, setMaxListeners } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endRequest, insertCloud, newRequest } from '../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../test/support/api/harness.ts';
import { serveOverHttp } from '../test/support/api/over-http.ts';
import { startServer, type ApiServer } from './server.ts';

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

describe('connections', () => {
  /** A server of its own, which answers `/slow` when the test lets it. */
  async function serve(handle: (request: Request) => Response | Promise<Response>, keepAliveSeconds?: number): Promise<ApiServer> {
    const options = { fetch: handle, host: '127.0.0.1', port: 0, onStopping: () => {} };
    return await startServer({ ...options, ...(keepAliveSeconds === undefined ? {} : { keepAliveSeconds }) });
  }
  const portOf = (url: string): number => Number(new URL(url).port);
  async function answerOn(agent: Agent, url: string): Promise<IncomingMessage> {
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    return response;
  }

  it('C3: an idle connection stays open for longer than the 60 s of load balancers, and as long as its setting says', async () => {
    const [usual, short] = [await serve(() => new Response('ok')), await serve(() => new Response('ok'), 1)];
    const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })] as const;
    const response = await answerOn(agents[0], usual.url);
    expect(Number(/timeout=(\d+)/.exec(String(response.headers['keep-alive']))![1])).toBeGreaterThan(60);
    const call = get(short.url, { agent: agents[1] });
    const [socket] = (await once(call, 'socket')) as [Socket];
    const closed = once(socket, 'close');
    call.on('response', (answer: IncomingMessage) => answer.resume());
    await closed;
    for (const agent of agents) agent.destroy();
    await Promise.all([usual.close(), short.close()]);
  });

  it('C10: a stop closes connections at once that are idle, or have never sent a call', async () => {
    const stopping = await serve(() => new Response('ok'));
    const agent = new Agent({ keepAlive: true });
    await answerOn(agent, stopping.url);
    const silent: Socket = connect(portOf(stopping.url), '127.0.0.1');
    await once(silent, 'connect');
    // The server has accepted the connection when it answers a later one.
    await answerOn(new Agent(), stopping.url);
    const began = performance.now();
    const closed = once(silent.resume(), 'close');
    await stopping.close();
    await closed;
    expect(performance.now() - began).toBeLessThan(2_000);
    agent.destroy();
  });

  it('C10: all of twenty streams end with their last chunk when the server stops', async () => {
    const stopped = new AbortController();
    setMaxListeners(0, stopped.signal);
    const last = 'x'.repeat(100_000);
    const streaming = await startServer({
      fetch: () =>
        new Response(
          new ReadableStream<Uint8Array>({
            async start(controller) {
              controller.enqueue(new TextEncoder().encode('first\n'));
              if (!stopped.signal.aborted) await once(stopped.signal, 'abort');
              // Streams end at different times, as their reads of the database do.
              await delay(Math.random() * 600);
              controller.enqueue(new TextEncoder().encode(`${last}\nlast\n`));
              controller.close();
            },
          }),
        ),
      host: '127.0.0.1',
      port: 0,
      onStopping: () => stopped.abort(),
    });
    const streams = await Promise.all(Array.from({ length: 20 }, () => fetch(streaming.url)));
    const texts = Promise.all(streams.map((stream) => stream.text()));
    const began = performance.now();
    await streaming.close();
    expect((await texts).filter((text) => !text.endsWith('last\n'))).toEqual([]);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
