import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startChild, type Child } from '../process/child.ts';
import { identify } from '../process/identity.ts';
import { endLeftovers, rememberChildren, type RememberedChild } from './pids.ts';

let folder: string;
let pidsFile: string;
let child: Child;
let remembered: RememberedChild;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-pids-'));
  pidsFile = join(folder, 'pids.json');
  const command = { command: 'sleep', args: ['61.25'], env: { PATH: process.env['PATH'] }, stopSignal: 'SIGTERM' as const };
  child = await startChild(command, join(folder, 'log'));
  const identity = await identify(child.pid);
  if (identity === undefined) throw new Error('the child is gone');
  remembered = { ...identity, mark: '61.25', stopSignal: 'SIGTERM' };
});

afterEach(async () => {
  await child.stop(1_000);
  await rm(folder, { recursive: true, force: true });
});

test('S1: the next start ends the programs that a killed launcher left running', async () => {
  rememberChildren(pidsFile, new Map([['api', remembered]]));
  expect(await endLeftovers(pidsFile)).toEqual(['api']);
  expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(existsSync(pidsFile)).toBe(false);
});

test('a foreign process with the number of a dead child is left alone', async () => {
  rememberChildren(
    pidsFile,
    new Map([
      ['api', { ...remembered, started: 'in another life' }],
      ['worker', { ...remembered, mark: 'worker/main.ts' }],
    ]),
  );
  expect(await endLeftovers(pidsFile)).toEqual([]);
  expect(await identify(child.pid)).toBeDefined();
});
