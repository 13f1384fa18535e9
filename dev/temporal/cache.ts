import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../process/lock.ts';

/** Receives a line about slow work. */
export type Say = (line: string) => void;

/** Folder of programs that are built once per machine: `MUSTER_CACHE`, else `muster` in the user's cache folder. */
export function cacheFolder(): string {
  return process.env['MUSTER_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'muster');
}

/** The path of a program in the cache, even if it does not exist yet. */
export function cachedProgram(folder: string, program: string): string {
  return join(cacheFolder(), folder, program);
}

/**
 * Returns the path of a program in the cache. If it does not exist, `make` fills an empty folder with the program and its
 * needs. The folder appears in the cache in one step, and only one process at a time makes it.
 */
export async function makeOnce(folder: string, program: string, say: Say, make: (staging: string) => Promise<void>): Promise<string> {
  const path = cachedProgram(folder, program);
  if (existsSync(path)) return path;
  const target = join(cacheFolder(), folder);
  await mkdir(cacheFolder(), { recursive: true });
  const onWait = ({ pid }: { pid: number }): void => say(`process ${pid} already builds ${program}; waiting for it`);
  await withLock(`${target}.lock`, onWait, async () => {
    if (existsSync(path)) return;
    const staging = await mkdtemp(`${target}.unfinished-`);
    try {
      await make(staging);
      if (!existsSync(join(staging, program))) throw new Error(`${staging} does not contain ${program}`);
      await rm(target, { recursive: true, force: true });
      await rename(staging, target);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
  return path;
}
