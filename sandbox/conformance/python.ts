/** The Python environment of the conformance tests (`conformance/python` makes it). */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('python', import.meta.url));
const folder = execFileSync(script, ['--where'], { encoding: 'utf8' }).trim();
const isMade = existsSync(join(folder, 'complete'));

/** Says why the tests with Python are skipped; undefined when they run. In CI they run in any case, and fail without it. */
export const skipped =
  isMade || process.env['CI'] !== undefined ? undefined : 'skipped: run sandbox/conformance/python once to make its environment';

/** A program of the environment, such as `python` or `aws`. */
export function program(name: string): string {
  if (!isMade) throw new Error(`There is no Python environment in ${folder}; run ${script} to make it.`);
  return join(folder, 'bin', name);
}
