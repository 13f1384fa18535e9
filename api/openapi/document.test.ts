import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from '../../test/support/api/harness.ts';
import { openApiDocument } from './document.ts';

interface Operation {
  operationId: string;
  security: unknown[];
  parameters?: { name: string; in: string }[];
  responses: Record<string, unknown>;
}

let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const operations = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('S2: openapi.json in the repository matches the routes', async () => {
    const written: unknown = JSON.parse(await readFile(new URL('../../openapi.json', import.meta.url), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('S2: is served without a key, as version 3.1', async () => {
    const { status, body } = await api.call('GET', '/openapi.json', undefined, { key: null });
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
  });

  it('S2: every operation has a unique name and lists the common refusals', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, method, operation } of operations.filter((each) => each.operation.security.length > 0)) {
      expect(Object.keys(operation.responses), `${method} ${path}`).toEqual(
        expect.arrayContaining(['401', '422', '503', ...(method === 'get' ? [] : ['403'])]),
      );
    }
  });

  it('S2: every create call takes an Idempotency-Key', () => {
    const creates = operations.filter(({ operation }) => '201' in operation.responses);
    expect(creates.map(({ operation }) => operation.operationId).toSorted()).toEqual([
      'acknowledgeCloudWarning',
      'acknowledgeOrganizationWarning',
      'createApiKey',
      'createCloud',
      'createDelegationRequest',
      'createOrganization',
      'resendDelegationRequest',
    ]);
    for (const { operation } of creates) expect(operation.parameters?.map(({ name }) => name)).toContain('Idempotency-Key');
  });
});

interface Schema {
  type?: string | string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  nullable?: boolean;
}

describe('schemas that generators of clients understand', () => {
  const document = JSON.parse(JSON.stringify(openApiDocument())) as {
    components: { schemas: Record<string, Schema> };
    paths: Record<string, Record<string, { requestBody?: unknown }>>;
  };
  const { schemas } = document.components;
  const admitsNull = ({ type, anyOf = [], oneOf = [], nullable }: Schema): boolean =>
    nullable === true || [type].flat().includes('null') || [...anyOf, ...oneOf].some(admitsNull);

  /** Every object of the document, references followed once, with its place. */
  function* objects(value: unknown, place: string, seen = new Set<unknown>()): Generator<[string, Record<string, unknown>]> {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    yield [place, value as Record<string, unknown>];
    for (const [name, inner] of Object.entries(value)) {
      if (name === '$ref') yield* objects(schemas[String(inner).split('/').at(-1)!], String(inner), seen);
      else yield* objects(inner, `${place}/${name}`, seen);
    }
  }

  it('C1: no component is null itself; a field that may be null says so beside its reference', () => {
    expect(Object.keys(schemas).filter((name) => admitsNull(schemas[name]!))).toEqual([]);
    for (const [place, schema] of objects(document, '')) {
      if ('$ref' in schema) expect(Object.keys(schema), `a generator ignores the rest of ${place}`).toEqual(['$ref']);
    }
    expect(schemas['Organization']).toMatchObject({
      properties: { lastSync: { anyOf: [{ $ref: '#/components/schemas/Sync' }, { type: 'null' }] } },
    });
  });

  it('C2: no body to send has a default, because generated clients demand such a field', () => {
    const bodies = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { requestBody }]) => ({ place: `${method} ${path}`, requestBody })),
    );
    const found = bodies.flatMap(({ place, requestBody }) => [...objects(requestBody, place)]);
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter(([, schema]) => 'default' in schema).map(([place]) => place)).toEqual([]);
  });
});

describe('the documentation page', () => {
  it('S2: works without a network, because it loads everything from the API', async () => {
    const page = await api.call('GET', '/docs', undefined, { key: null });
    expect(page.status).toBe(200);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).toMatch(/^\/docs\//);
      expect((await api.call('GET', link, undefined, { key: null })).status).toBe(200);
    }
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  });
});
