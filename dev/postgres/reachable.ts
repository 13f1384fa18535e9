import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import { isRoot, withoutRights } from './unprivileged.ts';

const run = promisify(execFile);

/**
 * Postgres looks its own programs up with access(2), which heeds no capability: they must lie where the unprivileged
 * user can go by itself. Where they do not (a checkout below a closed folder, as /root is), they are copied, once a
 * version, to a folder for temporary files.
 */
export async function reachableBinaries(binaries: PostgresBinaries): Promise<PostgresBinaries> {
  if (!isRoot() || (await isReachable(binaries.postgres))) return binaries;
  const native = dirname(dirname(binaries.postgres));
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const target = join(await openFolder(), `muster-postgres-${version}-${process.arch}`);
  if (!(await isComplete(target))) await publish(native, target);
  const inTarget = (program: string) => join(target, 'bin', basename(program));
  return { postgres: inTarget(binaries.postgres), initdb: inTarget(binaries.initdb) };
}

/** The first of the usual places that everybody may go to; TMPDIR may name a closed one. */
async function openFolder(): Promise<string> {
  for (const folder of [tmpdir(), '/tmp', '/var/tmp']) if (await isReachable(folder)) return folder;
  throw new Error('Postgres cannot run as root, and no folder for temporary files is open to another user: open /tmp to all users');
}

/** Whether the unprivileged user may run a program, or go into a folder. */
async function isReachable(path: string): Promise<boolean> {
  const { command, args } = withoutRights('test', ['-x', path]);
  return await run(command, args).then(
    () => true,
    () => false,
  );
}

/** Only root's own copy counts: the folder for temporary files is open to everybody. */
async function isComplete(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && found.isDirectory() && found.uid === 0;
}

/** Copies beside the target and renames, so that nobody ever sees half a copy. */
async function publish(native: string, target: string): Promise<void> {
  const building = await mkdtemp(`${target}.`);
  const copy = join(building, 'native');
  try {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await rename(copy, target).catch(async (error: unknown) => {
      // Another process was faster.
      if (!(await isComplete(target))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
