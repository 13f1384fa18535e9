import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { workflowBundle } from '../../dev/build/build.ts';
import { identify } from '../../dev/process/identity.ts';
import { PROJECT_ROOT } from '../../dev/stack/home.ts';
import { freePorts, type Ports } from '../../dev/stack/ports.ts';
import type { StackInfo } from '../../dev/stack/stack.ts';
import { waitFor } from '../support/wait-for.ts';

/** Where the launchers of one installation work. */
interface Place {
  readonly home: string;
  readonly ports: Ports;
  readonly launchers: ChildProcess[];
}

async function newPlace(): Promise<Place> {
  return { home: await mkdtemp(join(tmpdir(), 'muster-launcher-')), ports: await freePorts(), launchers: [] };
}

async function clear({ home, launchers }: Place): Promise<void> {
  for (const launcher of launchers) if (launcher.exitCode === null && launcher.signalCode === null) await end(launcher, 'SIGTERM');
  await rm(home, { recursive: true, force: true });
}

interface Launcher {
  readonly process: ChildProcess;
  readonly output: () => string;
}

function launch({ home, ports, launchers }: Place, env: NodeJS.ProcessEnv = {}): Launcher {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MUSTER_HOME: home,
      PORT: String(ports.api),
      TEMPORAL_PORT: String(ports.temporal),
      TEMPORAL_UI_PORT: String(ports.temporalUi),
      SANDBOX_PORT: String(ports.sandbox),
      POSTGRES_PORT: String(ports.postgres),
      ...env,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  launchers.push(child);
  return { process: child, output: () => text };
}

async function end(child: ChildProcess, ...signals: NodeJS.Signals[]): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  for (const signal of signals) child.kill(signal);
  return ended;
}

async function ready({ home }: Place, launcher: Launcher): Promise<StackInfo> {
  await waitFor('npm start to print a line that begins with ready', async () => {
    const output = launcher.output();
    if (!/^ready/m.test(output)) throw new Error(output);
    return true;
  });
  return await stackInfo(home);
}

async function stackInfo(home: string): Promise<StackInfo> {
  return JSON.parse(await readFile(join(home, 'stack.json'), 'utf8')) as StackInfo;
}

async function runningOf(pids: Readonly<Record<string, number>>): Promise<string[]> {
  const states = await Promise.all(Object.entries(pids).map(async ([name, pid]) => ((await identify(pid)) ? [name] : [])));
  return states.flat();
}

const ALL = ['api', 'launcher', 'postgres', 'sandbox', 'temporal', 'worker'];

// One stack, in this order.
describe('S1: npm start', () => {
  let place: Place;
  let launcher: Launcher;
  let info: StackInfo;
  beforeAll(async () => {
    place = await newPlace();
    launcher = launch(place);
    info = await ready(place, launcher);
  });
  afterAll(() => clear(place));

  test('starts everything and prints the addresses', async () => {
    expect(Object.keys(info.pids).toSorted()).toEqual(ALL);
    expect(await runningOf(info.pids)).toHaveLength(ALL.length);
    expect((await stat(join(place.home, 'stack.json'))).mode & 0o777).toBe(0o600);
    // B8: neither logs nor data are readable by other users. Programs remove some files while this looks.
    for (const name of await readdir(place.home, { recursive: true })) {
      const found = await stat(join(place.home, name)).catch(() => null);
      if (found) expect([name, found.mode & 0o077]).toEqual([name, 0]);
    }
    expect(launcher.output()).toContain(`${info.apiUrl}/docs`);
    expect(launcher.output()).toContain(info.temporalCli!);
    const listing = await fetch(`${info.apiUrl}/v1/delegation-requests`, { headers: { authorization: `Bearer ${info.adminApiKey}` } });
    expect(listing.status).toBe(200);
  });

  test('a second start in the same folder says so and does no harm', async () => {
    const second = launch(place);
    expect(await end(second.process)).toBe(1);
    expect(second.output()).toContain(`a stack already runs in ${place.home}`);
    expect(await runningOf(info.pids)).toHaveLength(ALL.length);
  });

  test('a program that dies comes back, and stack.json has its new process id', async () => {
    const { pids, apiUrl } = info;
    process.kill(pids['api']!, 'SIGKILL');
    await expect.poll(async () => (await stackInfo(place.home)).pids['api'] !== pids['api'], { timeout: 60_000 }).toBe(true);
    const answers = async (): Promise<boolean> =>
      fetch(`${apiUrl}/health/ready`).then(
        (response) => response.ok,
        () => false,
      );
    await expect.poll(answers, { timeout: 60_000 }).toBe(true);
  });

  test('Ctrl-C, even twice, leaves nothing running', async () => {
    const { pids } = await stackInfo(place.home);
    expect(await runningOf(pids)).toHaveLength(ALL.length);
    expect(await end(launcher.process, 'SIGINT', 'SIGINT')).toBe(0);
    expect(await runningOf(pids)).toEqual([]);
    expect(existsSync(join(place.home, 'stack.json'))).toBe(false);
  });
});

describe('S1: npm start in trouble', () => {
  let place: Place;
  beforeEach(async () => {
    place = await newPlace();
  });
  afterEach(() => clear(place));

  test('after a crash of the launcher the next start ends what was left, with the same admin key and no taken port', async () => {
    // Bundling the workflows is not what this is about.
    const built = { MUSTER_WORKFLOW_BUNDLE: workflowBundle };
    const before = await ready(place, launch(place, built));
    process.kill(before.pids['launcher']!, 'SIGKILL');
    await expect.poll(() => runningOf(before.pids)).not.toContain('launcher');
    expect(await runningOf(before.pids)).toContain('postgres');

    const second = launch(place, built);
    const after = await ready(place, second);
    expect(await runningOf(before.pids)).toEqual([]);
    expect(after.adminApiKey).toBe(before.adminApiKey);
    expect(await end(second.process, 'SIGTERM')).toBe(0);
  });

  test('a taken port is a clear error, exit code 1, and nothing is left running', async () => {
    const { home, ports } = place;
    const squatter = createServer();
    await new Promise<void>((resolve) => void squatter.listen(ports.sandbox, '127.0.0.1', resolve));
    const launcher = launch(place);
    expect(await end(launcher.process)).toBe(1);
    await new Promise((resolve) => void squatter.close(resolve));
    expect(launcher.output()).toContain(`port ${ports.sandbox} on 127.0.0.1 is taken: set SANDBOX_PORT to a free one`);
    expect(existsSync(join(home, 'pids.json'))).toBe(false);
  });
});
