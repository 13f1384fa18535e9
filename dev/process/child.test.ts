import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startChild, type Command } from './child.ts';
import { identify } from './identity.ts';

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-child-'));
  log = join(folder, 'child.log');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const shell = (script: string): Command => ({
  command: '/bin/sh',
  args: ['-c', script],
  env: { PATH: process.env['PATH'] },
  stopSignal: 'SIGTERM',
});

async function output(pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(await readFile(log, 'utf8'));
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('stopping a program also ends its children, so that no port stays taken', async () => {
  const child = await startChild(shell('sleep 60 & echo started $!; wait'), log);
  const grandchild = Number((await output(/started (\d+)/))[1]);
  expect(await identify(grandchild)).toBeDefined();
  await child.stop(5_000);
  await expect.poll(() => identify(grandchild)).toBeUndefined();
});

test('a program that ignores the signal is killed after the grace period', async () => {
  const child = await startChild(shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done"), log);
  await output(/deaf/);
  expect(await child.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a missing program is an error that names it', async () => {
  await expect(startChild({ ...shell(''), command: '/nowhere/program' }, log)).rejects.toThrow('/nowhere/program');
});
