import { resolve } from 'node:path';
import { PROJECT_ROOT } from './stack/home.ts';
import { portsFromEnvironment } from './stack/ports.ts';
import { startStack, type Stack } from './stack/stack.ts';

/** The reason of a start that was interrupted, not failed. */
const STOPPED = new Error('stopped before it was ready');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function homeFolder(): string {
  const chosen = process.env['MUSTER_HOME'];
  return chosen === undefined || chosen === '' ? resolve(PROJECT_ROOT, '.muster') : resolve(chosen);
}

function announce(stack: Stack, home: string, seconds: string): void {
  const info = stack.info();
  say('');
  say(`API and its documentation  ${info.apiUrl}/docs`);
  if (info.temporalUiUrl !== null) say(`Temporal UI                ${info.temporalUiUrl}`);
  if (info.temporalCli !== null) say(`Temporal CLI               ${info.temporalCli}`);
  say(`AWS sandbox console        ${info.awsEndpointUrl}/console`);
  say(`Admin API key              ${info.adminApiKey}`);
  say(`Data, logs, stack.json     ${home}`);
  say('');
  say(`ready after ${seconds} s; Ctrl-C stops everything`);
}

/** `npm start`: the whole product on one machine, until SIGINT, SIGTERM or SIGHUP. Exit code 1 if it cannot start. */
async function main(): Promise<void> {
  const interrupted = new AbortController();
  const stopRequested = new Promise<void>((resolveRequest) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!interrupted.signal.aborted) say(`${signal}: stopping everything`);
        interrupted.abort(STOPPED);
        resolveRequest();
      });
    }
  });
  // A reader that closes the pipe (`npm start | head`) must not end the stack.
  process.stdout.on('error', () => undefined);

  const home = homeFolder();
  const began = performance.now();
  const stack = await startStack({
    home,
    ports: portsFromEnvironment(process.env),
    temporalAddress: process.env['TEMPORAL_ADDRESS'] || undefined,
    temporalNamespace: process.env['TEMPORAL_NAMESPACE'] || undefined,
    say,
    signal: interrupted.signal,
  });
  announce(stack, home, ((performance.now() - began) / 1000).toFixed(1));
  await stopRequested;
  await stack.stop();
  say('everything is stopped');
}

try {
  await main();
} catch (error) {
  if (error === STOPPED) say('everything is stopped');
  else {
    process.stderr.write(`Muster cannot start.\n${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
