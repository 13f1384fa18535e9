import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../dev/stack/ports.ts';
import { startStack, type Stack } from '../../dev/stack/stack.ts';

/** How a test's stack differs from others: environment variables of its programs, and Temporal's data. */
export interface StackVariables {
  /** See `StackOptions`. */
  readonly temporalInMemory?: boolean;
  readonly sandbox?: NodeJS.ProcessEnv;
  readonly worker?: NodeJS.ProcessEnv;
  readonly api?: NodeJS.ProcessEnv;
}

/** A running stack in a temporary folder. */
export interface RunningStack {
  readonly home: string;
  readonly stack: Stack;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts the whole product, as it is built for production, on free ports in a folder of its own. */
export async function runStack({ sandbox, worker, api = {}, temporalInMemory = false }: StackVariables = {}): Promise<RunningStack> {
  const home = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const stack = await startStack({
    home,
    ports: await freePorts(),
    durable: false,
    temporalInMemory,
    // As in production, and in half the time.
    built: true,
    // It ends a hang: several stacks start at the same time.
    timings: { startMs: 180_000 },
    env: {
      sandbox: { SANDBOX_STEP_MS: '50', SANDBOX_IAM_PROPAGATION_MS: '500', ...sandbox },
      worker: { MUSTER_RECONCILE_SECONDS: '3', MUSTER_STACK_POLL_MS: '200', ...worker },
      api,
    },
  });
  return {
    home,
    stack,
    stop: async () => {
      await stack.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
