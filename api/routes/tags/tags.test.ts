import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertCloud } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';

let api: ApiHarness;
let path: string;

beforeAll(async () => {
  api = await startApi();
  path = `/v1/clouds/${(await insertCloud(api)).id}/tags`;
});
afterAll(() => api.close());

it('B4: replaces all stored tags, in Muster only', async () => {
  expect((await api.call('GET', path)).body).toEqual({ tags: {} });
  await api.call('PUT', path, { tags: { a: '1', gone: 'x' } });
  const { status, body } = await api.call('PUT', path, { tags: { b: '', a: '2', 'k/e:y': '日本' } });
  expect([status, body]).toEqual([200, { tags: { a: '2', b: '', 'k/e:y': '日本' } }]);
  expect((await api.call('GET', path)).body).toEqual(body);
});

it.each([
  [{}, '/tags'],
  [{ tags: [] }, '/tags'],
  [{ tags: { k: 1 } }, '/tags/k'],
  [{ tags: { '': 'v' } }, '/tags/'],
  [{ tags: { ['k'.repeat(129)]: 'v' } }, `/tags/${'k'.repeat(129)}`],
  [{ tags: { '\udfff': 'v' } }, '/tags/\udfff'],
  [{ tags: { half: '\ud800' } }, '/tags/half'],
  [{ tags: { 'a/b': 'v'.repeat(257) } }, '/tags/a~1b'],
  [{ tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) }, '/tags'],
  [{ tags: {}, more: 1 }, '/more'],
])('%.60j is refused with the pointer to the fault', async (body, pointer) => {
  const { status, body: problem } = await api.call('PUT', path, body);
  expect([status, problem.errors.map((fault: { pointer: string }) => fault.pointer)]).toEqual([422, [pointer]]);
});

it('a key with a special meaning in JavaScript is stored like any other', async () => {
  const { body } = await api.call('PUT', path, '{"tags":{"__proto__":"x","constructor":"y"}}');
  const stored = (answer: { tags: Record<string, string> }) => Object.entries(answer.tags);
  // B8: not dropped in silence.
  expect(stored(body)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  expect(stored((await api.call('GET', path)).body)).toEqual(stored(body));
  const { status, body: problem } = await api.call('PUT', path, '{"tags":{"__proto__":7}}');
  expect([status, problem.errors[0].pointer]).toEqual([422, '/tags/__proto__']);
});
