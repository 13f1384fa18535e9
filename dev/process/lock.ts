import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from './identity.ts';

/** A lock among processes of one machine. It ends with `release`, or with the process that holds it. */
export interface Lock {
  release(): Promise<void>;
}

/** Either the lock, or the running process that holds it. */
export type LockAttempt = { readonly lock: Lock } | { readonly heldBy: ProcessIdentity };

async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** Takes the lock named by `file` unless a running process has it. Takes over the lock of a dead process. */
export async function tryLock(file: string): Promise<LockAttempt> {
  await mkdir(dirname(file), { recursive: true });
  const self = await identify(process.pid);
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(self), { mode: 0o600 });
  try {
    for (;;) {
      try {
        await link(mine, file);
        return { lock: { release: () => rm(file, { force: true }) } };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const heldBy = await readHolder(file);
      if (heldBy !== undefined && (await isRunning(heldBy))) return { heldBy };
      // Several processes may find the same dead holder. Unlike removing, renaming succeeds for only one of them.
      const abandoned = `${mine}.abandoned`;
      await rename(file, abandoned).catch(() => undefined);
      await rm(abandoned, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Waits for the lock and holds it while `work` runs. Calls `onWait` once if another process has it. */
export async function withLock<T>(file: string, onWait: (holder: ProcessIdentity) => void, work: () => Promise<T>): Promise<T> {
  for (let waited = false; ; waited = true) {
    const attempt = await tryLock(file);
    if ('lock' in attempt) {
      try {
        return await work();
      } finally {
        await attempt.lock.release();
      }
    }
    if (!waited) onWait(attempt.heldBy);
    await delay(500);
  }
}
