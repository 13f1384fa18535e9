import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startChild } from '../process/child.ts';
import { openHome } from './home.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-home-'));
afterAll(() => rmSync(folder, { recursive: true }));

const modeOf = (...path: string[]) => (statSync(join(folder, ...path)).mode & 0o777).toString(8);

it('B8: a folder of an earlier release is closed to other users, but for that of Postgres', () => {
  mkdirSync(join(folder, 'home/temporal'), { recursive: true, mode: 0o755 });
  mkdirSync(join(folder, 'home/postgres'), { mode: 0o750 });
  writeFileSync(join(folder, 'home/temporal/temporal.db'), '', { mode: 0o644 });
  writeFileSync(join(folder, 'home/postgres/postmaster.pid'), '', { mode: 0o640 });
  openHome(join(folder, 'home'));
  expect([modeOf('home'), modeOf('home/logs'), modeOf('home/temporal'), modeOf('home/temporal/temporal.db')]).toEqual([
    '700',
    '700',
    '700',
    '600',
  ]);
  expect([modeOf('home/postgres'), modeOf('home/postgres/postmaster.pid')]).toEqual(['750', '640']);
});

it('B8: the programs of the stack write files that only their owner can read; the launcher keeps its own mask', async () => {
  const before = process.umask();
  const code = "require('fs').mkdirSync('made'); require('fs').writeFileSync('made/file', '')";
  const command = { command: process.execPath, args: ['-e', code], cwd: folder, env: process.env, stopSignal: 'SIGTERM' as const };
  const child = await startChild(command, join(folder, 'child.log'));
  await child.exited;
  expect([modeOf('made'), modeOf('made/file'), modeOf('child.log')]).toEqual(['700', '600', '600']);
  expect(process.umask()).toBe(before);
});
