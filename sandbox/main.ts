/** `npm start`: the sandbox as a program. Settings come from the environment; see the README. */
import { readPartner, startSandbox } from './index.ts';

const env = process.env;

function milliseconds(name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} must be a number of milliseconds, not "${env[name]}".`);
  return value;
}

const sandbox = await startSandbox({
  host: env.SANDBOX_HOST ?? '127.0.0.1',
  port: Number(env.SANDBOX_PORT ?? 4566),
  ...(env.SANDBOX_HOSTS ? { hosts: env.SANDBOX_HOSTS.split(',').map((name) => name.trim()) } : {}),
  ...(env.SANDBOX_DATA ? { dataFile: env.SANDBOX_DATA } : {}),
  ...(env.SANDBOX_PARTNER ? { partner: await readPartner(env.SANDBOX_PARTNER) } : {}),
  // IAM is eventually consistent: a role is seconds away from being assumable, and stacks take their time.
  iamPropagationMs: milliseconds('SANDBOX_IAM_PROPAGATION_MS', 2_000),
  stackStepMs: milliseconds('SANDBOX_STEP_MS', 300),
  ...(env.SANDBOX_LOG === '1' ? { log: (line: string) => console.log(line) } : {}),
});
console.log(`The sandbox answers at ${sandbox.baseUrl}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
