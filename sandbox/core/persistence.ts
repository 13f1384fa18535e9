/** The world on disk: one file, written whole, in one step, soon after a change. */
import { readFile, rename, writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { StateSlice, WorldState } from './state.ts';

/** Changes within this time are written together. */
const debounceMs = 100;
/** A large world is written less often: writing may take at most about this share of the time. */
const writingShare = 0.1;

export interface StateFile {
  /** Marks the state changed; a large slice only if it is named (World.touch). */
  changed(slice?: StateSlice): void;
  /** Writes what is still unwritten and stops. */
  close(): Promise<void>;
}

/** undefined when there is no file yet. Throws when the file cannot be read: starting empty would lose data. */
export async function loadState(path: string): Promise<WorldState | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stored = deserialize(bytes) as WorldState;
    const entries = Object.entries(stored).map(([name, slice]) => [name, Buffer.isBuffer(slice) ? (deserialize(slice) as object) : slice]);
    return Object.fromEntries(entries) as WorldState;
  } catch (error) {
    throw new Error(`The sandbox's data file ${path} cannot be read; move it away to start with an empty one.`, { cause: error });
  }
}

export function openStateFile(path: string, state: WorldState, slices: readonly StateSlice[]): StateFile {
  const largeSlices = slices.filter(({ isLarge }) => isLarge).map(({ name }) => name);
  /** Large slices as they were last serialized. The file holds each as a buffer of its own. */
  const serialized = new Map<string, Buffer>();
  let timer: NodeJS.Timeout | undefined;
  let dirty = false;
  let isClosed = false;
  let writing: Promise<void> | undefined;
  /** Before this the next write must not begin. */
  let restUntil = 0;

  const plan = (): void => {
    if (writing || isClosed) return;
    timer ??= setTimeout(
      () => {
        timer = undefined;
        writing = write();
      },
      Math.max(debounceMs, restUntil - performance.now()),
    );
  };

  const write = async (): Promise<void> => {
    const startedAt = performance.now();
    dirty = false;
    try {
      // Serialized in one piece, so that no half of a change gets in.
      for (const name of largeSlices) if (!serialized.has(name)) serialized.set(name, serialize(state[name]));
      await replaceFile(path, serialize({ ...state, ...Object.fromEntries(serialized) }));
    } catch (error) {
      dirty = true;
      console.error(`sandbox: ${path} could not be written`, error);
    }
    const now = performance.now();
    restUntil = now + (now - startedAt) / writingShare;
    writing = undefined;
    if (dirty) plan();
  };

  return {
    changed(slice) {
      if (slice) serialized.delete(slice.name);
      dirty = true;
      plan();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await writing;
      if (dirty) await write();
    },
  };
}

async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.tmp`;
  // It holds keys, which work only here, and external ids.
  await writeFile(temporary, bytes, { mode: 0o600 });
  await rename(temporary, path);
}
