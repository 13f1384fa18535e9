import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../process/lock.ts';

/** Says in one line what takes so long. */
export type Say = (line: string) => void;

/** Where programs are kept that are built once a machine: `MUSTER_CACHE`, else `muster` in the user's cache folder. */
export function cacheFolder(): string {
  return process.env['MUSTER_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'muster');
}

/** The path of a program in the cache, whether it is there or not. */
export function cachedProgram(folder: string, program: string): string {
  return join(cacheFolder(), folder, program);
}

/**
 * The path of a program in the cache, made by `make` if it is not there. `make` fills an empty folder with the program
 * and what it needs; the folder appears in the cache in one step, and only one process at a time makes it.
 */
export async function makeOnce(folder: string, program: string, say: Say, make: (staging: string) => Promise<void>): Promise<string> {
  const path = cachedProgram(folder, program);
  if (existsSync(path)) return path;
  const target = join(cacheFolder(), folder);
  await mkdir(cacheFolder(), { recursive: true });
  const onWait = ({ pid }: { pid: number }): void => say(`process ${pid} is making ${program} already; waiting for it`);
  await withLock(`${target}.lock`, onWait, async () => {
    if (existsSync(path)) return;
    const staging = await mkdtemp(`${target}.unfinished-`);
    try {
      await make(staging);
      if (!existsSync(join(staging, program))) throw new Error(`${program} was not made in ${staging}`);
      await rm(target, { recursive: true, force: true });
      await rename(staging, target);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
  return path;
}
