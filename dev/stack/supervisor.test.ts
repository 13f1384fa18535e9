import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify } from '../process/identity.ts';
import { supervise, type Patience, type Service } from './supervisor.ts';

const PATIENCE: Patience = { startMs: 5_000, stopMs: 2_000, restartMs: 50, maxRestartMs: 200 };

let folder: string;
let pids: number[];
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-supervisor-'));
  pids = [];
  said = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const service = (script: string, ready: Service['ready'] = async () => undefined): Service => ({
  name: 'api',
  command: { command: '/bin/sh', args: ['-c', script], env: { PATH: process.env['PATH'] }, stopSignal: 'SIGTERM' },
  mark: script,
  logFile: join(folder, 'api.log'),
  ready,
});

const untilAborted: Service['ready'] = (_child, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

const start = (one: Service, signal = new AbortController().signal, patience = PATIENCE): ReturnType<typeof supervise> =>
  supervise(
    one,
    patience,
    signal,
    async ({ pid }) => void pids.push(pid),
    (line) => said.push(line),
  );

test('S1: a program that dies is started again, and after stop never', async () => {
  const supervised = await start(service('exec sleep 60'));
  process.kill(pids[0]!, 'SIGKILL');
  await expect.poll(() => pids.length).toBe(2);
  expect(said[0]).toContain('api ended (signal SIGKILL); it is started again in 0.05 s');
  await supervised.stop();
  expect(await identify(pids[1]!)).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(pids).toHaveLength(2);
});

test('a program that may end at its first start is started again, as often as it may, and no other', async () => {
  const untilThird: Service['ready'] = async (child, signal) => {
    if (pids.length < 3) await untilAborted(child, signal);
  };
  const log = join(folder, 'starts');
  const supervised = await start({
    ...service(`echo >> ${log}; test $(wc -l < ${log}) -ge 3 && exec sleep 60; exit 1`, untilThird),
    firstStarts: 3,
  });
  expect(pids).toHaveLength(3);
  await supervised.stop();
  pids = [];
  await expect(start({ ...service('exit 1', untilAborted), firstStarts: 2 })).rejects.toThrow('ended while it was starting (exit code 1)');
  expect(pids).toHaveLength(2);
  pids = [];
  await expect(start(service('exit 1', untilAborted))).rejects.toThrow('ended while it was starting');
  expect(pids).toHaveLength(1);
});

test('a program that is held is dead until it is let go, and never again after stop', async () => {
  const supervised = await start(service('exec sleep 60'));
  const letGo = await supervised.hold();
  expect(await identify(pids[0]!)).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(pids).toHaveLength(1);
  letGo();
  await expect.poll(() => pids.length).toBe(2);
  await supervised.hold();
  await supervised.stop();
  expect([pids.length, await identify(pids[1]!)]).toEqual([2, undefined]);
});

test('a program that dies again and again is started ever later, or it would eat the machine', async () => {
  // A program that has run as long as the longest pause counts as well: a loaded machine must not take that long to start a shell.
  const supervised = await start(service('exit 3'), undefined, { ...PATIENCE, restartMs: 1_000, maxRestartMs: 2_000 });
  await expect.poll(() => said.length).toBeGreaterThanOrEqual(3);
  await supervised.stop();
  expect(said.slice(0, 3).map((line) => /in ([\d.]+) s/.exec(line)?.[1])).toEqual(['1', '2', '2']);
});

test('S1: a program that cannot start is an error with the end of its log, or nobody learns what is missing', async () => {
  await expect(start(service('echo the disk is full; exit 4', untilAborted))).rejects.toThrow(/api ended .*exit code 4.*the disk is full/s);
});

test('a program that never gets ready is stopped', async () => {
  await expect(start(service('exec sleep 60', untilAborted), undefined, { ...PATIENCE, startMs: 100 })).rejects.toThrow(
    'not ready after 0.1 s',
  );
  expect(await identify(pids[0]!)).toBeUndefined();
});

test('Ctrl-C during a start leaves nothing running', async () => {
  const interrupted = new AbortController();
  const starting = start(service('exec sleep 60', untilAborted), interrupted.signal);
  setTimeout(() => interrupted.abort(new Error('interrupted')), 50);
  await expect(starting).rejects.toThrow('interrupted');
  expect(await identify(pids[0]!)).toBeUndefined();
});
