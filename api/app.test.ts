import { DrizzleQueryError, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeys } from '../db/schema/index.ts';
import { findFreePort } from '../dev/process/ports.ts';
import { insertCloud, newRequest } from '../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../test/support/api/harness.ts';
import { routes } from './routes/index.ts';

const someId = '019a0000-0000-7000-8000-000000000001';
let api: ApiHarness;
let revokedKey: string;

beforeAll(async () => {
  api = await startApi();
  const { body: revoked } = await api.call('POST', '/v1/api-keys', { name: 'revoked', role: 'admin' });
  await api.database.db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, revoked.id));
  revokedKey = revoked.key;
});
afterAll(() => api.close());

/** Every operation that needs an API key. */
const operations = routes
  .filter(({ route }) => route.security?.length !== 0)
  .map(
    ({ route }) =>
      [route.method.toUpperCase(), route.path.replace('{id}', someId).replace('{key}', 'k').replace('{ackId}', someId)] as const,
  );

it('S3: only routes without secrets, and routes with another proof of the caller, need no API key', () => {
  const open = routes.filter(({ route }) => route.security?.length === 0).map(({ route }) => route.path);
  expect(open).toEqual(['/v1/webhooks/sns', '/health/live', '/health/ready', '/metrics']);
});

describe('every route', () => {
  it.each(operations)('S3: %s %s answers 401 without an API key, and for a wrong, malformed or revoked key', async (method, path) => {
    for (const Authorization of [
      '',
      `Bearer muster_${'x'.repeat(43)}`,
      'Bearer',
      `Basic ${api.adminKey}`,
      api.adminKey,
      `Bearer ${revokedKey}`,
    ]) {
      const response = await api.fetch(path, { method, headers: { Authorization } });
      const problem = (await response.json()) as { code: string };
      expect([response.status, problem.code, response.headers.get('www-authenticate')]).toEqual([
        401,
        'unauthorized',
        'Bearer realm="muster"',
      ]);
    }
  });

  it.each(operations)('S3: a viewer may only read at %s %s', async (method, path) => {
    const { status, body } = await api.call(method, path, undefined, { key: api.viewerKey });
    if (method === 'GET') expect([200, 404]).toContain(status);
    else expect([status, body.code]).toEqual([403, 'forbidden']);
  });

  it.each(operations.filter(([, path]) => path.includes(someId)))(
    '%s %s answers 404 for an unknown or malformed id',
    async (method, path) => {
      const byMethod: Record<string, unknown> = { PATCH: { nickname: 'x' }, PUT: { value: 'v' } };
      const byRoute: Record<string, unknown> = {
        tags: { tags: {} },
        credentials: { roleArn: 'arn:aws:iam::123456789012:role/r', sessionName: 'muster', durationSeconds: 900 },
        'confirm-removals': { confirm: true },
        acknowledgements: {
          ...{ code: 'missing_permission', action: 'kms:ListKeys', reason: 'Not needed here.' },
          until: new Date(Date.now() + 86_400_000).toISOString(),
        },
      };
      const body = (method === 'GET' ? undefined : byRoute[path.slice(path.lastIndexOf('/') + 1)]) ?? byMethod[method];
      const query = path.endsWith('/badges') && method !== 'GET' ? '?key=k' : '';
      for (const id of [someId, 'malformed', '%00']) {
        const { status, body: problem } = await api.call(method, path.replaceAll(someId, id) + query, body);
        expect([status, problem.code]).toEqual([404, 'not_found']);
      }
    },
  );

  it.each(operations.filter(([method]) => method === 'GET'))('%s %s refuses unknown query parameters', async (method, path) => {
    const { status, body: problem } = await api.call(method, `${path}?unheardOf=1`);
    expect([status, problem.errors]).toEqual([422, [{ pointer: '/unheardOf', message: expect.stringContaining('"unheardOf"') }]]);
  });
});

describe('problems', () => {
  it('S2: an error is a problem document with the path, a code and the request id', async () => {
    const { status, headers, body: problem } = await api.call('GET', '/v1/nowhere', undefined, { headers: { 'X-Request-Id': 'abc-123' } });
    expect([status, headers.get('content-type'), headers.get('x-request-id')]).toEqual([404, 'application/problem+json', 'abc-123']);
    expect(problem).toEqual({
      type: 'urn:muster:problem:not_found',
      title: 'Not found',
      status: 404,
      detail: 'There is no such path. /docs lists the paths of this API.',
      instance: '/v1/nowhere',
      code: 'not_found',
      requestId: 'abc-123',
    });
  });

  it('the API generates a request id if the caller gives none, or gives an id that is unsafe in a log', async () => {
    for (const headers of [{}, { 'X-Request-Id': 'a b\tc' }, { 'X-Request-Id': 'x'.repeat(300) }] as Record<string, string>[]) {
      const answer = await api.call('GET', '/health/live', undefined, { headers });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it.each([
    ['{"nickname": ', 400, 'invalid_json'],
    ['', 400, 'invalid_json'],
    [`"${'x'.repeat(1_048_577)}"`, 413, 'body_too_large'],
  ])('a body that cannot be read (%.20s) is refused', async (body, status, code) => {
    const answer = await api.call('POST', '/v1/delegation-requests', body);
    expect([answer.status, answer.body.code, answer.headers.get('content-type')]).toEqual([status, code, 'application/problem+json']);
  });

  it('a streamed body over 1 MiB is refused, too', async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(32)),
    });
    const headers = { Authorization: `Bearer ${api.adminKey}`, 'Content-Type': 'application/json' };
    const response = await api.fetch('/v1/delegation-requests', { method: 'POST', headers, body: stream, duplex: 'half' });
    expect(response.status).toBe(413);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', ''])('a body that is not declared as JSON (%s) is refused', async (type) => {
    const { status, body } = await api.call('POST', '/v1/delegation-requests', JSON.stringify(newRequest()), {
      headers: { 'Content-Type': type },
    });
    expect([status, body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['application/merge-patch+json', 'application/problem+json; charset=utf-8', 'application/vnd.api+json'])(
    'B8: a body with the type %s is not taken for a POST or PUT',
    async (type) => {
      const headers = { 'Content-Type': type };
      const cloud = `/v1/clouds/${(await insertCloud(api)).id}`;
      for (const [method, path, body] of [
        ['POST', '/v1/delegation-requests', newRequest()],
        ['PUT', `${cloud}/tags`, { tags: {} }],
      ] as const) {
        const { status, body: problem } = await api.call(method, path, body, { headers });
        expect([status, problem.code]).toEqual([415, 'unsupported_media_type']);
      }
    },
  );

  it.each(['/badges/%FF', '/badges?key=%C3', '/badges/a%C3%A9%80', '/badges?limit=1&cursor=%ED%A0%80'])(
    'B8: %s is refused, because its bytes are no UTF-8',
    async (path) => {
      const method = path.includes('cursor') ? 'GET' : 'PUT';
      const { status, body: problem } = await api.call(
        method,
        `/v1/clouds/${someId}${path}`,
        method === 'PUT' ? { value: 'v' } : undefined,
      );
      expect([status, problem.code]).toEqual([400, 'invalid_url']);
    },
  );

  it('B8: a lone percent sign in a search is text', async () => {
    expect((await api.call('GET', '/v1/clouds?search=100%')).status).toBe(200);
  });

  it('B8: a PATCH may be a merge patch', async () => {
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const { id } = await insertCloud(api);
    expect((await api.call('PATCH', `/v1/clouds/${id}`, { nickname: 'merged' }, { headers })).body.nickname).toBe('merged');
  });

  it.each([
    ['a lone byte', [0xff]],
    ['half a character', [0xc3]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('B8: a body with %s that is no UTF-8 is refused, never stored as U+FFFD', async (_what, bytes) => {
    const { id } = await insertCloud(api);
    const [start, end] = JSON.stringify({ value: '@' }).split('@');
    const body = Buffer.concat([Buffer.from(start!), Buffer.from(bytes), Buffer.from(end!)]);
    const headers = { Authorization: `Bearer ${api.adminKey}`, 'Content-Type': 'application/json' };
    const response = await api.fetch(`/v1/clouds/${id}/badges/team`, { method: 'PUT', headers, body });
    const problem = (await response.json()) as { code: string };
    expect([response.status, problem.code]).toEqual([400, 'invalid_json']);
  });

  it('a method that a path does not allow answers 405 with the allowed methods', async () => {
    const { status, headers, body: problem } = await api.call('DELETE', '/v1/delegation-requests');
    expect([status, problem.code]).toEqual([405, 'method_not_allowed']);
    expect(headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST']);
  });

  it('S6: an unexpected error answers 500 without its text, and the log has no parameters', async () => {
    api.workflows.onOpen = () => {
      throw new Error('params: very-secret-text');
    };
    const { status, text, body: problem } = await api.call('POST', '/v1/delegation-requests', newRequest());
    expect([status, problem.code]).toEqual([500, 'internal_error']);
    expect(text + api.logged()).not.toContain('very-secret-text');
    expect(api.logged()).toContain(problem.requestId);
  });
});

describe('with a database that rolled the call back', () => {
  it.each([
    ['40P01', 'a deadlock'],
    ['40001', 'a serialization failure'],
  ])('S2: %s, %s, answers 503 with Retry-After', async (code) => {
    api.workflows.onOpen = () => {
      throw new DrizzleQueryError('insert', [], Object.assign(new Error('undone'), { code }));
    };
    const { status, headers, body: problem } = await api.call('POST', '/v1/delegation-requests', newRequest());
    expect([status, problem.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '5']);
  });
});

describe('without the database', () => {
  it('S2 S6: every call answers 503 with Retry-After, and the process stays alive', async () => {
    const lost = api.anotherInstance({ databaseUrl: `postgres://nobody:nothing@127.0.0.1:${await findFreePort()}/none` });
    for (const [method, path] of [
      ['GET', '/v1/clouds'],
      ['POST', '/v1/delegation-requests'],
    ] as const) {
      const { status, headers, body: problem } = await lost.call(method, path, method === 'POST' ? newRequest() : undefined);
      expect([status, problem.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '5']);
    }
    expect((await lost.call('GET', '/health/live')).status).toBe(200);
    expect((await lost.call('GET', '/health/ready')).body.checks).toEqual({ postgres: 'unavailable', temporal: 'ok' });
  });
});

describe('logs and headers', () => {
  it('S6 D11: each call logs one line, without keys, bodies or query strings', async () => {
    await api.call('POST', '/v1/api-keys', { name: 'whispered-name', role: 'viewer' }, { headers: { 'X-Request-Id': 'one-line' } });
    await api.call('GET', '/v1/clouds?search=whispered-search');
    const lines = api
      .logged()
      .split('\n')
      .filter((line) => line.includes('one-line'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ method: 'POST', path: '/v1/api-keys', status: 201, apiKeyId: api.adminKeyId });
    expect(api.logged()).not.toMatch(/whispered|muster_/);
  });

  it('headers forbid browsers to guess types and to frame the API', async () => {
    const { headers } = await api.call('GET', '/v1/clouds');
    expect([headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual(['nosniff', 'SAMEORIGIN']);
  });
});

describe('health', () => {
  it('S6: live and ready need no key; ready names the dependency that does not answer', async () => {
    expect((await api.call('GET', '/health/live', undefined, { key: null })).body).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/health/ready', undefined, { key: null })).body).toEqual({
      status: 'ready',
      checks: { postgres: 'ok', temporal: 'ok' },
    });
    api.workflows.isReachable = false;
    const { status, body: problem } = await api.call('GET', '/health/ready', undefined, { key: null });
    expect([status, problem.code, problem.checks]).toEqual([503, 'not_ready', { postgres: 'ok', temporal: 'unavailable' }]);
    expect((await api.call('GET', '/health/live', undefined, { key: null })).status).toBe(200);
    api.workflows.isReachable = true;
  });
});
