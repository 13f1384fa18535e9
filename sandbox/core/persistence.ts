/** The world on disk: one file, written whole, in one step, soon after a change. */
import { readFile, rename, writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { WorldState } from './world.ts';

/** Changes within this time are written together. */
const debounceMs = 100;
/** A large world is written less often: writing may take at most about this share of the time. */
const writingShare = 0.1;

export interface StateFile {
  /** Says that the state has changed. */
  changed(): void;
  /** Writes what is still unwritten and stops. */
  close(): Promise<void>;
}

/** undefined when there is no file yet. Throws when there is one that cannot be read: starting empty would lose data. */
export async function loadState(path: string): Promise<WorldState | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return deserialize(bytes) as WorldState;
  } catch (error) {
    throw new Error(`The sandbox's data file ${path} cannot be read; move it away to start anew.`, { cause: error });
  }
}

export function openStateFile(path: string, state: WorldState): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let dirty = false;
  let pauseMs = debounceMs;
  let writing: Promise<void> = Promise.resolve();

  const write = (): void => {
    timer = undefined;
    dirty = false;
    // Serialized now, in one piece, so that no half of a change gets in.
    const startedAt = performance.now();
    const bytes = serialize(state);
    pauseMs = Math.max(debounceMs, (performance.now() - startedAt) / writingShare);
    writing = writing
      .then(() => replaceFile(path, bytes))
      .catch((error: unknown) => {
        dirty = true;
        console.error(`sandbox: ${path} could not be written`, error);
      });
  };

  return {
    changed() {
      dirty = true;
      timer ??= setTimeout(write, pauseMs);
    },
    async close() {
      clearTimeout(timer);
      if (dirty) write();
      await writing;
    },
  };
}

async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}
