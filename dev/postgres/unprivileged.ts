import { chown } from 'node:fs/promises';

/** The user `nobody` and its group: they exist everywhere, so that no user has to be created. */
const NOBODY = 65534;

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * What `setpriv` is told: to become `nobody` and keep only the right to pass folders that are closed to others. Without
 * `no_setuid_fixup` that right would not count in access(2), by which Postgres looks for its own programs.
 */
const DROP_ROOT = [
  '--securebits=+no_setuid_fixup',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
];

/**
 * Postgres refuses to run as root. As root, the command is wrapped so that it runs as `nobody`, wherever its program and
 * its data lie, also under /root. Needs util-linux's `setpriv`, which Debian, Ubuntu, Fedora and their images have.
 */
export function unprivileged(command: string, args: readonly string[]): { command: string; args: string[] } {
  return isRoot() ? { command: 'setpriv', args: [...DROP_ROOT, '--', command, ...args] } : { command, args: [...args] };
}

/** Gives a folder to the user that `unprivileged` runs as; Postgres demands to own its data. */
export async function giveToUnprivileged(folder: string): Promise<void> {
  if (isRoot()) await chown(folder, NOBODY, NOBODY);
}
