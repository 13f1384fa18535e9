import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { anySignal, startDeadline } from '../../config/signals.ts';
import { startChild, type Child, type Command } from '../../dev/process/child.ts';
import { findFreePort } from '../../dev/process/ports.ts';
import { quietTemporal } from './quiet-temporal.ts';

/** A Temporal server to be started, and how the SDK attaches to it. */
export interface TestServer {
  command(port: number): Command | Promise<Command>;
  /** Returns once the server answers; aborting the signal ends the waiting with its reason. */
  ready(port: number, signal: AbortSignal): Promise<void>;
  attach(port: number): Promise<TestWorkflowEnvironment>;
}

/** It ends a hang: a loaded machine may well need half of it. */
const patienceMs = 100_000;
/** The dev server draws the ports of its inner services itself, and another program may take one before it listens. */
const mostStarts = 3;

/**
 * Starts a Temporal server as a process of its own and attaches to it once it answers; `teardown` ends both. The SDK would
 * start it, too, but gives it five seconds, which is too little while other test files keep the machine busy. Temporal's
 * runtime, of which a process has one, logs errors only.
 */
export async function startServer(server: TestServer): Promise<TestWorkflowEnvironment> {
  quietTemporal();
  const folder = await mkdtemp(join(tmpdir(), 'muster-test-temporal-'));
  const log = join(folder, 'server.log');
  const late = startDeadline(patienceMs);
  for (let starts = 1; ; starts += 1) {
    const port = await findFreePort();
    const child = await startChild(await server.command(port), log);
    try {
      await server.ready(port, anySignal(late.signal, endOf(child)));
      return tornDownWith(await server.attach(port), async () => {
        await child.stop(5_000);
        await rm(folder, { recursive: true, force: true });
      });
    } catch (error) {
      await child.stop(5_000);
      if (starts < mostStarts && !late.signal.aborted) continue;
      const said = await readFile(log, 'utf8').catch(() => '');
      await rm(folder, { recursive: true, force: true });
      throw new Error(`the Temporal server did not start: ${(error as Error).message}\n${said.slice(-2_000)}`, { cause: error });
    }
  }
}

function endOf(child: Child): AbortSignal {
  const ended = new AbortController();
  void child.exited.then(() => ended.abort(new Error('it ended while it was starting')));
  return ended.signal;
}

function tornDownWith(env: TestWorkflowEnvironment, stop: () => Promise<void>): TestWorkflowEnvironment {
  const teardown = env.teardown.bind(env);
  return Object.assign(env, {
    teardown: async () => {
      await teardown();
      await stop();
    },
  });
}
