import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demonstrateAutoBadging } from './demo/auto-badging.ts';
import { demonstrateDelegation } from './demo/delegation.ts';
import { demonstrateHeldRemoval } from './demo/held-removal.ts';
import { importOrganization } from './demo/organization.ts';
import { demonstrateOrganizationByDelegation } from './demo/organization-by-delegation.ts';
import { demonstratePolicyDenial } from './demo/policy-denial.ts';
import { demonstratePreview } from './demo/scope-preview.ts';
import { openStage } from './demo/stage.ts';
import { PROJECT_ROOT } from './stack/home.ts';
import { portsFromEnvironment } from './stack/ports.ts';
import { startStack, type StackInfo } from './stack/stack.ts';

// Hides the SDK's notice about future Node versions from viewers of the demo.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const began = performance.now();

/** Prints a line of progress with the seconds since the start. */
function print(line: string): void {
  process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
}

const home = process.env['MUSTER_HOME'] ? resolve(process.env['MUSTER_HOME']) : resolve(PROJECT_ROOT, '.muster');

/** The stack that already runs in this folder, if its API answers. */
async function runningStack(): Promise<StackInfo | null> {
  const text = await readFile(join(home, 'stack.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const info = JSON.parse(text) as StackInfo;
  const answer = await fetch(new URL('/health/ready', info.apiUrl)).catch(() => null);
  return answer?.ok ? info : null;
}

let steps = 0;

/** Runs one step of the demo under its title. */
async function step<T>(title: string, play: () => Promise<T>): Promise<T> {
  steps += 1;
  process.stdout.write('\n');
  print(`${steps}. ${title}`);
  return await play();
}

async function demonstrate(stack: StackInfo): Promise<void> {
  const stage = openStage(stack, (line) => print(`   ${line}`));
  await step('One account, by IAM temporary delegation: rejected, sent again, approved', () =>
    demonstrateDelegation(stage, process.argv.includes('--manual')),
  );
  await step('An organization, by one approval: all its roles deployed, then its import', () => demonstrateOrganizationByDelegation(stage));
  const organization = await step('A whole organization, at the rates that AWS publishes', () => importOrganization(stage));
  try {
    await step('A narrower scope: previewed, then saved', () => demonstratePreview(stage, organization));
    await step('A denial that may be false: a policy that the simulator cannot evaluate', () =>
      demonstratePolicyDenial(stage, organization),
    );
    await step('Tags that change at AWS become badges', () => demonstrateAutoBadging(stage, organization));
    await step('Too many accounts leave at once: their removal waits for an operator', () => demonstrateHeldRemoval(stage, organization));
  } finally {
    organization.administrator.close();
  }
  process.stdout.write('\n');
}

/** `npm run demo`: runs the main flows against a running stack, or its own. Exits with 0 only if every step succeeded. */
async function main(): Promise<void> {
  const running = await runningStack();
  if (running) {
    print(`using the running stack in ${home}`);
    await demonstrate(running);
    return;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error('stopped')));
  print('no stack is running: starting one');
  const stack = await startStack({ home, ports: portsFromEnvironment(process.env), say: print, signal: interrupted.signal });
  try {
    const stopped = new Promise<never>((_resolve, reject) => {
      interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason as Error), { once: true });
    });
    await Promise.race([demonstrate(stack.info()), stopped]);
  } finally {
    print('stopping the stack');
    await stack.stop();
  }
}

try {
  await main();
  print('every step succeeded');
  process.exit(0);
} catch (error) {
  print(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
