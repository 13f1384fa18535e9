import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify } from '../process/identity.ts';
import { supervise, type Timings, type Service } from './supervisor.ts';

const TIMINGS: Timings = { startMs: 5_000, stopMs: 2_000, restartMs: 50, maxRestartMs: 200 };

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

const start = (one: Service, signal = new AbortController().signal, timings = TIMINGS): ReturnType<typeof supervise> =>
  supervise(
    one,
    timings,
    signal,
    async ({ pid }) => void pids.push(pid),
    (line) => said.push(line),
  );

test('S1: a program that dies is restarted, but not after stop', async () => {
  const supervised = await start(service('exec sleep 60'));
  process.kill(pids[0]!, 'SIGKILL');
  await expect.poll(() => pids.length).toBe(2);
  expect(said[0]).toContain('api ended (signal SIGKILL); it restarts in 0.05 s');
  await supervised.stop();
  expect(await identify(pids[1]!)).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(pids).toHaveLength(2);
});

test('only a program that may end at its first start is restarted, up to its maximum', async () => {
  const untilThird: Service['ready'] = async (child, signal) => {
    if (pids.length < 3) await untilAborted(child, signal);
  };
  const log = join(folder, 'starts');
  const supervised = await start({
    ...service(`echo >> ${log}; test $(wc -l < ${log}) -ge 3 && exec sleep 60; exit 1`, untilThird),
    maxFirstStarts: 3,
  });
  expect(pids).toHaveLength(3);
  await supervised.stop();
  pids = [];
  await expect(start({ ...service('exit 1', untilAborted), maxFirstStarts: 2 })).rejects.toThrow(
    'ended while it was starting (exit code 1)',
  );
  expect(pids).toHaveLength(2);
  pids = [];
  await expect(start(service('exit 1', untilAborted))).rejects.toThrow('ended while it was starting');
  expect(pids).toHaveLength(1);
});

test('a held program stays dead until it is released, and also after stop', async () => {
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

test('restarts of a program that keeps dying get slower, so that it does not use up the machine', async () => {
  // A program that ran longer than the longest pause counts as healthy. A loaded machine must not need that long to start a shell.
  const supervised = await start(service('exit 3'), undefined, { ...TIMINGS, restartMs: 1_000, maxRestartMs: 2_000 });
  await expect.poll(() => said.length).toBeGreaterThanOrEqual(3);
  await supervised.stop();
  expect(said.slice(0, 3).map((line) => /in ([\d.]+) s/.exec(line)?.[1])).toEqual(['1', '2', '2']);
});

test('S1: a program that cannot start is an error with the end of its log', async () => {
  await expect(start(service('echo the disk is full; exit 4', untilAborted))).rejects.toThrow(/api ended .*exit code 4.*the disk is full/s);
});

test('a program that never becomes ready is stopped', async () => {
  await expect(start(service('exec sleep 60', untilAborted), undefined, { ...TIMINGS, startMs: 100 })).rejects.toThrow(
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
