import { chown } from 'node:fs/promises';

/** The user `nobody` and its group: they exist everywhere, so that no user has to be created. */
const NOBODY = 65534;
const identity = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The command as `nobody` and nothing else, without any capability. Root only. */
export function withoutRights(command: string, args: readonly string[]): { command: string; args: string[] } {
  return { command: 'setpriv', args: [...identity, '--', command, ...args] };
}

/**
 * Postgres refuses to run as root. As root, the command is wrapped so that it runs as `nobody`, keeping only the right to
 * pass folders that are closed to others: the data may lie anywhere, also under /root.
 * Needs util-linux's `setpriv`, which Debian, Ubuntu, Fedora and their images have.
 */
export function unprivileged(command: string, args: readonly string[]): { command: string; args: string[] } {
  if (!isRoot()) return { command, args: [...args] };
  const drop = [...identity, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { command: 'setpriv', args: [...drop, '--', command, ...args] };
}

/** Gives a folder to the user that `unprivileged` runs as; Postgres demands to own its data. */
export async function giveToUnprivileged(folder: string): Promise<void> {
  if (isRoot()) await chown(folder, NOBODY, NOBODY);
}
