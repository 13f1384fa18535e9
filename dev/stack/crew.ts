import { rm } from 'node:fs/promises';
import { identify } from '../process/identity.ts';
import type { Say } from '../temporal/cache.ts';
import { rememberChildren, type RememberedChild } from './pids.ts';
import { supervise, type Patience, type Service, type Supervised } from './supervisor.ts';

/** Those that use a program stop before it does. */
const STOP_ORDER = [['worker', 'api'], ['sandbox'], ['temporal'], ['postgres']] as const;

/** The programs of one stack that run now. */
export interface Crew {
  /** Starts a program and returns when it is ready; from then on it is kept running. */
  start(service: Service): Promise<void>;
  /** Process ids by program. */
  pids(): Record<string, number>;
  /** Kills a program by its name and keeps it down until the returned function is called. */
  hold(name: string): Promise<() => void>;
  /** Stops all in order. Every `start` must have settled. */
  stop(): Promise<void>;
}

/** What a crew works by. */
export interface CrewOptions {
  /** Where its processes are written down as soon as they run. */
  readonly pidsFile: string;
  readonly patience: Patience;
  /** Ends starts that are under way. */
  readonly signal: AbortSignal;
  readonly say: Say;
  /** Called after each start or restart of a process. */
  readonly onChange: () => void;
}

/** An empty crew. */
export function createCrew({ pidsFile, patience, signal, say, onChange }: CrewOptions): Crew {
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
      supervised.set(service.name, await supervise(service, patience, signal, remember, say));
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

/** Runs starts side by side. If one fails the others are given up, and all have settled when its error is thrown. */
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
