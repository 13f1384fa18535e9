import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const PROJECT_ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The paths inside the folder that holds all data of the stack. */
export interface Home {
  readonly folder: string;
  readonly logs: string;
  readonly secretsFile: string;
  readonly stackFile: string;
  readonly pidsFile: string;
  readonly lockFile: string;
  readonly postgresData: string;
  readonly temporalData: string;
  readonly sandboxData: string;
}

/**
 * Creates the folder, closed to other users, and returns its paths. Also closes the files and folders of an earlier release.
 * Postgres closes its own.
 */
export function openHome(folder: string): Home {
  const at = (...parts: string[]): string => join(folder, ...parts);
  mkdirSync(at('logs'), { recursive: true, mode: 0o700 });
  mkdirSync(at('sandbox'), { recursive: true, mode: 0o700 });
  close(folder, [at('postgres')]);
  return {
    folder,
    logs: at('logs'),
    secretsFile: at('secrets.json'),
    stackFile: at('stack.json'),
    pidsFile: at('pids.json'),
    lockFile: at('launcher.lock'),
    postgresData: at('postgres'),
    temporalData: at('temporal', 'temporal.db'),
    sandboxData: at('sandbox', 'state.bin'),
  };
}

/** Lets only the owner read a folder and its contents, except for the folders that are left out. */
function close(folder: string, leftOut: readonly string[]): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !leftOut.includes(path)) close(path, leftOut);
    if (entry.isFile()) chmodSync(path, 0o600);
  }
}

/** Replaces a JSON file in one step, so that a reader never sees a half. Only its owner can read it. */
export function replaceJson(file: string, content: unknown): void {
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}

/** Renames the logs of the previous run to `*.log.1`, so that a log covers one run and the folder does not grow. */
export function rotateLogs(home: Home): void {
  for (const name of readdirSync(home.logs)) {
    if (name.endsWith('.log')) renameSync(join(home.logs, name), join(home.logs, `${name}.1`));
  }
}
