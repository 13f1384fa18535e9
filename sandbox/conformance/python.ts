/** The Python environments of tests with Python (`conformance/python` makes them), each named by its file of requirements. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('python', import.meta.url));
const ofBoto = fileURLToPath(new URL('requirements.txt', import.meta.url));
const known = new Map<string, string>();

function folder(requirements: string): string {
  const found = known.get(requirements) ?? execFileSync(script, ['--where', requirements], { encoding: 'utf8' }).trim();
  known.set(requirements, found);
  return found;
}

const isMade = (requirements: string): boolean => existsSync(join(folder(requirements), 'complete'));

/** The command that makes an environment. */
const command = (requirements: string): string =>
  ['sandbox/conformance/python', ...(requirements === ofBoto ? [] : [relative(process.cwd(), requirements)])].join(' ');

/**
 * Says why the tests with Python are skipped; undefined when they run. In CI they run in any case, and fail without the
 * environment.
 */
export function pythonIsMissing(requirements = ofBoto): string | undefined {
  if (isMade(requirements) || process.env['CI'] !== undefined) return undefined;
  return `skipped: run ${command(requirements)} once to make its environment`;
}

/** A program of the environment, such as `python` or `aws`. Throws when there is no environment. */
export function pythonProgram(name: string, requirements = ofBoto): string {
  if (!isMade(requirements))
    throw new Error(`There is no Python environment in ${folder(requirements)}; run ${command(requirements)} to make it.`);
  return join(folder(requirements), 'bin', name);
}
