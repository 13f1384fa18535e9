import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gate } from '../../test/support/gate.ts';
import { makeOnce } from './cache.ts';
import { findTemporalCli } from './cli.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-cache-'));
  vi.stubEnv('MUSTER_CACHE', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const silent = (): void => undefined;

test('two processes that need a program at the same time build it once', async () => {
  const lines: string[] = [];
  const otherWaits = gate();
  const say = (line: string): void => {
    lines.push(line);
    otherWaits.open();
  };
  const make = vi.fn(async (staging: string) => {
    await otherWaits.opened;
    await writeFile(join(staging, 'program'), '');
  });
  const one = (): Promise<string> => makeOnce('a-1', 'program', say, make);
  expect(await Promise.all([one(), one()])).toEqual([join(folder, 'a-1/program'), join(folder, 'a-1/program')]);
  expect(make).toHaveBeenCalledOnce();
  expect(lines[0]).toContain('already builds program');
});

test('an interrupted build leaves nothing that looks like a program', async () => {
  const broken = makeOnce('a-1', 'program', silent, async (staging) => {
    await writeFile(join(staging, 'program'), 'half');
    throw new Error('no network');
  });
  await expect(broken).rejects.toThrow('no network');
  expect(await readdir(folder)).toEqual([]);
});

test('a named program that is not executable is an error, not a reason to build another', async () => {
  vi.stubEnv('TEMPORAL_CLI_PATH', join(folder, 'nothing'));
  await expect(findTemporalCli(silent)).rejects.toThrow('TEMPORAL_CLI_PATH');
});
