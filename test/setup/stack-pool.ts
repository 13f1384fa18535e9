import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StackInfo } from '../../dev/stack/stack.ts';
import { runStack, type RunningStack } from '../support/run-stack.ts';

/** A stack that one test file has for itself until it gives it back. */
export interface Loan {
  /** Unique in a run. */
  readonly number: number;
  readonly home: string;
  readonly info: StackInfo;
}

/** An idle stack costs a twentieth of a core, and starting another one costs ten seconds of a core. */
const maxIdleMs = 20_000;

/**
 * Stacks that test files of one run use one after another. A stack is started when none is free, and stopped when no file
 * needs it for a while: the unit tests, which come last, have the machine for themselves.
 */
export interface StackPool {
  /** `POST /` borrows a stack and answers with a `Loan`; `DELETE /<number>` gives it back. */
  readonly url: string;
  /** Stops every stack. */
  close(): Promise<void>;
}

/** A stack of the pool, and how its sandbox is set before a test changes it. */
interface PooledStack extends RunningStack {
  readonly limits: unknown;
  readonly settings: unknown;
}

async function control(stack: RunningStack, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(new URL(`/_sandbox${path}`, stack.stack.info().awsEndpointUrl), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

async function start(): Promise<PooledStack> {
  const stack = await runStack();
  const limits = await control(stack, 'GET', '/limits');
  const settings = await control(stack, 'GET', '/organizations/settings');
  return { ...stack, limits, settings };
}

/** Undoes what a file may have set in the sandbox. Its accounts, organizations and clock stay. */
async function setBack(stack: PooledStack): Promise<void> {
  await control(stack, 'DELETE', '/faults');
  await control(stack, 'PUT', '/limits', stack.limits);
  await control(stack, 'PUT', '/organizations/settings', stack.settings);
  await control(stack, 'PUT', '/notifications', {});
  await control(stack, 'POST', '/notifications/release');
  await control(stack, 'DELETE', '/calls');
}

/** Opens a pool in this process. Its stacks end with the process at the latest. */
export async function openStackPool(): Promise<StackPool> {
  const started = new Set<PooledStack>();
  const free = new Map<PooledStack, NodeJS.Timeout>();
  const lent = new Map<number, PooledStack>();
  let loans = 0;

  async function lend(): Promise<Loan> {
    loans += 1;
    const number = loans;
    const stack = takeFree() ?? (await start());
    started.add(stack);
    lent.set(number, stack);
    return { number, home: stack.home, info: stack.stack.info() };
  }

  async function takeBack(number: number): Promise<void> {
    const stack = lent.get(number);
    if (stack === undefined) throw new Error(`there is no loan ${number}`);
    lent.delete(number);
    await setBack(stack);
    free.set(
      stack,
      setTimeout(() => void stopIdle(stack), maxIdleMs),
    );
  }

  function takeFree(): PooledStack | undefined {
    for (const [stack, idle] of free) {
      clearTimeout(idle);
      free.delete(stack);
      return stack;
    }
    return undefined;
  }

  async function stopIdle(stack: PooledStack): Promise<void> {
    free.delete(stack);
    // It stays among the started ones until it has stopped, so that a run that ends during the stop waits for it.
    await stack.stop();
    started.delete(stack);
  }

  async function answer({ method, url }: IncomingMessage): Promise<unknown> {
    if (method === 'POST') return await lend();
    return await takeBack(Number(url!.slice(1)));
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(JSON.stringify(body ?? null)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      for (const idle of free.values()) clearTimeout(idle);
      await Promise.all([...started].map((stack) => stack.stop()));
    },
  };
}
