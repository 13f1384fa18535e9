/** The Python environment of the conformance tests (`conformance/python` makes it). */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('python', import.meta.url));
let known: string | undefined;

function folder(): string {
  known ??= execFileSync(script, ['--where'], { encoding: 'utf8' }).trim();
  return known;
}

const isMade = (): boolean => existsSync(join(folder(), 'complete'));

/**
 * Says why the tests with Python are skipped; undefined when they run. In CI they run in any case, and fail without the
 * environment.
 */
export function pythonIsMissing(): string | undefined {
  if (isMade() || process.env['CI'] !== undefined) return undefined;
  return 'skipped: run sandbox/conformance/python once to make its environment';
}

/** A program of the environment, such as `python` or `aws`. Throws when there is no environment. */
export function pythonProgram(name: string): string {
  if (!isMade()) throw new Error(`There is no Python environment in ${folder()}; run ${script} to make it.`);
  return join(folder(), 'bin', name);
}
