/** The world on disk: one file, written whole, in one step, soon after a change. */
import { readFile, rename, writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { WorldState } from './world.ts';

/** Changes within this time are written together. */
const debounceMs = 100;
/** A large world is written less often: writing may take at most about this share of the time. */
const writingShare = 0.1;

/** As the file holds it: organizations in a piece of their own, which is kept for as long as they do not change. */
type Stored = Omit<WorldState, 'organizations'> & { organizations?: Buffer };

export interface StateFile {
  /** Says that the state has changed, organizations only if named (World.touch). */
  changed(what?: 'organizations'): void;
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
    const { organizations, ...rest } = deserialize(bytes) as Stored;
    return { ...rest, ...(organizations && { organizations: deserialize(organizations) as WorldState['organizations'] }) } as WorldState;
  } catch (error) {
    throw new Error(`The sandbox's data file ${path} cannot be read; move it away to start anew.`, { cause: error });
  }
}

export function openStateFile(path: string, state: WorldState): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let dirty = false;
  let isClosed = false;
  let organizations: Buffer | undefined;
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
      organizations ??= serialize(state.organizations);
      await replaceFile(path, serialize({ ...state, organizations } satisfies Stored));
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
    changed(what) {
      if (what === 'organizations') organizations = undefined;
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
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}
