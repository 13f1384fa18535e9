import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ownerDatabaseUrl } from '../stack/secrets.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { readOptions, usage, type BenchOptions } from './options.ts';
import { measureParts } from './parts.ts';
import { formatResults } from './table.ts';

// Hides the SDK's notice about future Node versions from the output of the bench.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `npm run bench`: runs the product in its own stack and measures imports, upkeep and the clouds listing. */
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
    const results = await Promise.race([
      measureParts(stack.info(), ownerDatabaseUrl(home, stack.info().databaseUrl), options, say),
      stopped,
    ]);
    process.stdout.write(`${formatResults(results)}\n`);
    const [processor] = cpus();
    const machine = {
      processor: processor?.model,
      processors: cpus().length,
      memoryMiB: Math.round(totalmem() / 2 ** 20),
      node: process.version,
    };
    mkdirSync(dirname(resolve(options.out)), { recursive: true });
    writeFileSync(options.out, `${JSON.stringify({ at: new Date(), machine, latencyMs: options.latencyMs, ...results }, null, 2)}\n`);
    say(`the figures are in ${options.out}`);
  } finally {
    await stack?.stop();
    rmSync(home, { recursive: true, force: true });
  }
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
