import { chown } from 'node:fs/promises';

/** The user `nobody` and its group exist on every system. */
const NOBODY = 65534;

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Arguments of `setpriv`: become the user `nobody` and keep only the right to pass closed folders. Without
 * `no_setuid_fixup` that right would not count in access(2), which Postgres uses to find its own programs.
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
 * Wraps a command of root so that it runs as `nobody`, because Postgres refuses to run as root. Program and data may be
 * anywhere, also under /root. Needs util-linux's `setpriv`, which Debian, Ubuntu, Fedora and their images have.
 */
export function unprivileged(command: string, args: readonly string[]): { command: string; args: string[] } {
  return isRoot() ? { command: 'setpriv', args: [...DROP_ROOT, '--', command, ...args] } : { command, args: [...args] };
}

/** Gives a folder to the user of `unprivileged`, because Postgres must own its data. */
export async function giveToUnprivileged(folder: string): Promise<void> {
  if (isRoot()) await chown(folder, NOBODY, NOBODY);
}
