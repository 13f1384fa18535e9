import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgresBinaries } from './binaries.ts';
import { giveToUnprivileged, unprivileged } from './unprivileged.ts';

const run = promisify(execFile);

/** The superuser of the embedded Postgres, and the name of its first database. */
export const POSTGRES_USER = 'muster';

/**
 * Creates the data of a Postgres server in `dataDir` if it does not exist. The data appears in one step, so the next start
 * repeats an interrupted creation. Postgres' own locale sorts text the same on every machine.
 */
export async function ensureCluster(dataDir: string, password: string): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  const { initdb } = await findPostgresBinaries();
  const unfinished = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await giveToUnprivileged(unfinished);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const { command, args } = unprivileged(initdb, [
    `--pgdata=${unfinished}`,
    `--username=${POSTGRES_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
    '--no-instructions',
  ]);
  try {
    await run(command, args, { cwd: unfinished });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`Postgres could not create its data in ${dataDir}: ${stderr?.trim() || (error as Error).message}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, dataDir);
}
