import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gate } from '../../test/support/gate.ts';
import { identify } from './identity.ts';
import { tryLock, withLock } from './lock.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-lock-'));
  file = join(folder, 'a.lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a held lock names its holder, so that two launchers never share one database folder', async () => {
  expect(await tryLock(file)).toHaveProperty('lock');
  expect(await tryLock(file)).toEqual({ heldBy: await identify(process.pid) });
});

test('the lock of a dead holder is free, so that a crash locks no operator out', async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid, started: 'in another life' }));
  expect(await tryLock(file)).toHaveProperty('lock');
});

test('a lock file that a full disk left empty is free', async () => {
  await writeFile(file, '');
  expect(await tryLock(file)).toHaveProperty('lock');
});

test('work under one lock runs one piece at a time, and a waiting caller is notified once', async () => {
  const seen: string[] = [];
  const begun = gate();
  const waitedFor = gate();
  const first = withLock(
    file,
    () => seen.push('first waits'),
    async () => {
      seen.push('first begins');
      begun.open();
      await waitedFor.opened;
      seen.push('first ends');
    },
  );
  await begun.opened;
  const onWait = (): void => {
    seen.push('second waits');
    waitedFor.open();
  };
  await Promise.all([first, withLock(file, onWait, async () => void seen.push('second works'))]);
  expect(seen).toEqual(['first begins', 'second waits', 'first ends', 'second works']);
});
