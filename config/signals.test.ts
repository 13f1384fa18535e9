import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { PROJECT_ROOT } from '../dev/stack/home.ts';
import { anySignal, startDeadline, withDeadline } from './signals.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('C4: a deadline combined with other signals ends a wait, although the garbage collector runs', async () => {
  const other = new AbortController();
  const began = performance.now();
  const waits = Array.from({ length: 20 }, () =>
    withDeadline(300, (signal) => delay(10_000, 'never', { signal }).catch((error: Error) => error.cause), other.signal),
  );
  const collector = setInterval(collectGarbage, 20);
  const reasons = await Promise.all(waits).finally(() => clearInterval(collector));
  expect(reasons.map((reason) => (reason as Error).name)).toEqual(Array.from({ length: 20 }, () => 'TimeoutError'));
  expect(performance.now() - began).toBeLessThan(9_000);
});

it('C4: a source that only the combined signal holds still aborts it', async () => {
  const signal = anySignal(anySignal(startDeadline(200).signal, new AbortController().signal), new AbortController().signal);
  const collector = setInterval(collectGarbage, 20);
  await once(signal, 'abort').finally(() => clearInterval(collector));
  expect(signal.aborted).toBe(true);
});

it('C4: the timer of finished work does not keep a program alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  await withDeadline(60_000, async () => {});
  expect(timers()).toBeLessThanOrEqual(before);
});

it('C4: no other file makes such signals on its own', async () => {
  const own = new Set(['config/signals.ts', 'config/signals.test.ts']);
  const found: string[] = [];
  const folders = ['activities', 'api', 'config', 'db', 'dev', 'domain', 'examples', 'notifications', 'test', 'worker', 'workflows'];
  for (const folder of folders) {
    for (const name of await readdir(join(PROJECT_ROOT, folder), { recursive: true })) {
      const file = `${folder}/${name}`;
      if (!/\.(ts|js|mjs)$/.test(file) || own.has(file) || file.includes('node_modules')) continue;
      const text = await readFile(join(PROJECT_ROOT, file), 'utf8');
      if (/AbortSignal\s*\.\s*(any|timeout)\b/.test(text)) found.push(file);
    }
  }
  expect(found).toEqual([]);
});
