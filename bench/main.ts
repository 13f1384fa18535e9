import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startStack, type Stack, type StackInfo } from '../dev/stack/stack.ts';
import { measure, type Figures } from './measure.ts';
import { readOptions, usage, type BenchOptions } from './options.ts';
import { formatTable } from './table.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `npm run bench`: imports organizations of several sizes into a stack of its own, and tells what it took. */
async function main(options: BenchOptions): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'muster-bench-'));
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error('stopped')));
  let stack: Stack | undefined;
  try {
    stack = await startStack({ home, say, signal: interrupted.signal });
    const stopped = new Promise<never>((_resolve, reject) => {
      interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason as Error), { once: true });
    });
    const figures = await Promise.race([measureAll(stack.info(), options), stopped]);
    process.stdout.write(`${formatTable(figures)}\n`);
    const [processor] = cpus();
    const machine = {
      processor: processor?.model,
      processors: cpus().length,
      memoryMiB: Math.round(totalmem() / 2 ** 20),
      node: process.version,
    };
    mkdirSync(dirname(resolve(options.out)), { recursive: true });
    writeFileSync(options.out, `${JSON.stringify({ at: new Date(), machine, figures }, null, 2)}\n`);
    say(`the figures are in ${options.out}`);
  } finally {
    await stack?.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureAll(stack: StackInfo, { cases }: BenchOptions): Promise<Figures[]> {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const temporal = new Client({ connection, namespace: stack.temporalNamespace });
  const all: Figures[] = [];
  // What is measured is a worker that has run before, not how Node compiles it.
  await measure(stack, temporal, { accounts: 250, organizationalUnits: 10, way: 'unlimited' });
  for (const one of cases) {
    say(`${one.accounts} accounts, ${one.organizationalUnits} units, ${one.way} …`);
    const figures = await measure(stack, temporal, one);
    say(`  ${(figures.totalMs / 1_000).toFixed(1)} s, ${figures.accountsPerSecond.toFixed(0)} accounts/s`);
    all.push(figures);
  }
  await connection.close();
  return all;
}

let options: BenchOptions;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  say(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
try {
  await main(options);
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
