import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../core/server.ts';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import { refuseForeign } from './guard.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox?.close());

/** The status of a call with these headers; `fetch` would not send a Host or Origin of the caller's choice. */
async function call(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> {
  return await new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, sandbox.baseUrl),
      { method, headers: { 'content-length': String(body.length), ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

const own = () => new URL(sandbox.baseUrl).host;

describe('B8: pages of other sites', () => {
  test.each([
    ['POST', '/_sandbox/reset'],
    ['PUT', '/_sandbox/limits'],
    ['DELETE', '/_sandbox/faults'],
    ['POST', '/console/delegation-requests/dr-1/allow'],
  ])('cannot send %s %s', async (method, path) => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `https://${own()}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      expect(await call(method, path, headers, '{}')).toBe(403);
    }
  });

  test.each(['evil.example', 'evil.example:4566', '127.0.0.1.evil.example', 'localhost.evil.example', '[::1', '10.1.2.3'])(
    'the host %s is not known, also for reads',
    async (host) => {
      for (const path of ['/_sandbox/calls', '/console']) expect(await call('GET', path, { host })).toBe(403);
    },
  );

  test('the own page, programs, and every loopback name are served', async () => {
    const port = new URL(sandbox.baseUrl).port;
    const limits = JSON.stringify({ mode: 'off' });
    expect(await call('PUT', '/_sandbox/limits', {}, limits)).toBe(200);
    expect(await call('PUT', '/_sandbox/limits', { origin: sandbox.baseUrl, 'sec-fetch-site': 'same-origin' }, limits)).toBe(200);
    for (const host of [own(), `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`]) {
      expect(await call('GET', '/_sandbox/calls', { host })).toBe(200);
    }
  });

  test('further names are known by setting; on all addresses an address is known, too', () => {
    const asked = (host: string, address: string, names: string[] = []) =>
      refuseForeign({ method: 'GET', headers: { host } }, { address, names })?.status ?? 200;
    expect([asked('aws-sandbox:4566', '0.0.0.0'), asked('aws-sandbox:4566', '0.0.0.0', ['aws-sandbox'])]).toEqual([403, 200]);
    expect([asked('172.17.0.2:4566', '0.0.0.0'), asked('172.17.0.2:4566', '127.0.0.1')]).toEqual([200, 403]);
    expect(asked('172.17.0.2:4566', '172.17.0.2')).toBe(200);
  });
});
