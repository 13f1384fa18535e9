import { rm } from 'node:fs/promises';
import { identify } from '../process/identity.ts';
import type { Say } from '../temporal/cache.ts';
import { rememberChildren, type RememberedChild } from './pids.ts';
import { supervise, type Timings, type Service, type Supervised } from './supervisor.ts';

/** A program stops after the programs that use it. */
const STOP_ORDER = [['worker', 'api'], ['sandbox'], ['temporal'], ['postgres']] as const;

/** The running programs of one stack. */
export interface Crew {
  /** Starts a program and returns when it is ready. Restarts it from then on when it dies. */
  start(service: Service): Promise<void>;
  /** Process ids by program. */
  pids(): Record<string, number>;
  /** Kills a program by its name. It stays down until the returned function is called. */
  hold(name: string): Promise<() => void>;
  /** Stops all programs in order. Every `start` must have settled. */
  stop(): Promise<void>;
}

/** Options of a crew. */
export interface CrewOptions {
  /** The file that records its processes as soon as they run. */
  readonly pidsFile: string;
  readonly timings: Timings;
  /** Aborting it ends starts that are in progress. */
  readonly signal: AbortSignal;
  readonly say: Say;
  /** Called after each start or restart of a process. */
  readonly onChange: () => void;
}

/** An empty crew. */
export function createCrew({ pidsFile, timings, signal, say, onChange }: CrewOptions): Crew {
  const remembered = new Map<string, RememberedChild>();
  const supervised = new Map<string, Supervised>();
  return {
    start: async (service) => {
      const remember = async ({ pid }: { pid: number }): Promise<void> => {
        const identity = await identify(pid);
        if (identity === undefined) return;
        remembered.set(service.name, { ...identity, mark: service.mark, stopSignal: service.command.stopSignal });
        rememberChildren(pidsFile, remembered);
        onChange();
      };
      say(`starting ${service.name}`);
      supervised.set(service.name, await supervise(service, timings, signal, remember, say));
    },
    pids: () => Object.fromEntries([...remembered].map(([name, { pid }]) => [name, pid])),
    hold: async (name) => {
      const program = supervised.get(name);
      if (program === undefined) throw new Error(`no program of the stack is named ${name}`);
      return await program.hold();
    },
    stop: async () => {
      for (const names of STOP_ORDER) await Promise.all(names.map(async (name) => supervised.get(name)?.stop()));
      await rm(pidsFile, { force: true });
    },
  };
}

/** Runs starts concurrently. If one fails, aborts the others and throws its error when all have settled. */
export async function sideBySide(giveUp: AbortController, ...starts: readonly Promise<void>[]): Promise<void> {
  const guarded = starts.map((start) =>
    start.catch((error: unknown) => {
      giveUp.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(guarded);
  await Promise.all(guarded);
}
