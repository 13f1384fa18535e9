import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demonstrateDelegation } from './demo/delegation.ts';
import { demonstrateOrganization } from './demo/organization.ts';
import { PROJECT_ROOT } from './stack/home.ts';
import { portsFromEnvironment } from './stack/ports.ts';
import { startStack, type StackInfo } from './stack/stack.ts';

// The SDK's notice about the Node versions of next year is for developers, not for who watches the demo.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const began = performance.now();

/** One line of progress, with the seconds since the start. */
function tell(line: string): void {
  process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
}

const home = process.env['MUSTER_HOME'] ? resolve(process.env['MUSTER_HOME']) : resolve(PROJECT_ROOT, '.muster');

/** The stack that runs already in this folder, if its API answers. */
async function runningStack(): Promise<StackInfo | null> {
  const text = await readFile(join(home, 'stack.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const info = JSON.parse(text) as StackInfo;
  const answer = await fetch(new URL('/health/ready', info.apiUrl)).catch(() => null);
  return answer?.ok ? info : null;
}

async function demonstrate(stack: StackInfo): Promise<void> {
  await demonstrateDelegation({ stack, manual: process.argv.includes('--manual'), tell });
  await demonstrateOrganization({ stack, tell });
}

/** `npm run demo`: the main flows against a running stack, or one of its own. Exit code 0 only if all of it happened. */
async function main(): Promise<void> {
  const running = await runningStack();
  if (running) {
    tell(`using the stack that runs in ${home}`);
    await demonstrate(running);
    return;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error('stopped')));
  tell('no stack is running: starting one');
  const stack = await startStack({ home, ports: portsFromEnvironment(process.env), say: tell, signal: interrupted.signal });
  try {
    const stopped = new Promise<never>((_resolve, reject) => {
      interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason as Error), { once: true });
    });
    await Promise.race([demonstrate(stack.info()), stopped]);
  } finally {
    tell('stopping the stack');
    await stack.stop();
  }
}

try {
  await main();
  tell('all of it happened');
  process.exit(0);
} catch (error) {
  tell(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
