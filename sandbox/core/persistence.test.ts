import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadState, openStateFile } from './persistence.ts';
import { defineState, fillState } from './state.ts';

const small = defineState('small', () => ({ count: 0, later: 'empty' }));
const large = defineState('large', () => ({ ids: new Map<string, number>() }), { isLarge: true });
const slices = [small, large];

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  path = join(folder, 'world.bin');
});
afterEach(() => rm(folder, { recursive: true }));

test('a large slice is written when a change names it, and with no other change', async () => {
  const world = { state: fillState(slices) };
  const file = openStateFile(path, world.state, slices);
  const written = async () => ({ state: fillState(slices, await loadState(path)) });
  file.changed();
  await expect.poll(() => loadState(path)).toBeDefined();

  large.of(world).ids.set('a', 1);
  small.of(world).count = 1;
  file.changed();
  await expect.poll(async () => small.of(await written()).count).toBe(1);
  expect(large.of(await written()).ids.size).toBe(0);

  file.changed(large);
  await file.close();
  expect(large.of(await written()).ids).toEqual(new Map([['a', 1]]));
});

test('a field that the data file does not have yet is empty', async () => {
  const file = openStateFile(path, { small: { count: 7 } }, [small]);
  file.changed();
  await file.close();
  const loaded = { state: fillState(slices, await loadState(path)) };
  expect(small.of(loaded)).toEqual({ count: 7, later: 'empty' });
  expect(large.of(loaded).ids.size).toBe(0);
});

test('there is no state before there is a file', async () => {
  expect(await loadState(path)).toBeUndefined();
});
