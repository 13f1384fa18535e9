import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup, startChild, type Child, type Command, type Exit } from '../process/child.ts';
import type { Say } from '../temporal/cache.ts';

/** One program of the stack. */
export interface Service {
  readonly name: string;
  readonly command: Command;
  /** A part of the command line that tells the program from all others. */
  readonly mark: string;
  readonly logFile: string;
  /** Returns when the program can be used; aborting the signal ends the waiting with its reason. */
  readonly ready: (child: Child, signal: AbortSignal) => Promise<void>;
  /** How often it is started at first before its ending is an error; once unless given. */
  readonly firstStarts?: number;
}

/** How patient the stack is with its programs, in milliseconds. */
export interface Patience {
  /** For a program to become ready. */
  readonly startMs: number;
  /** For a program to end when asked to; then it is killed. */
  readonly stopMs: number;
  /** Before the first restart; doubled each time, up to `maxRestartMs`. */
  readonly restartMs: number;
  readonly maxRestartMs: number;
}

/** A program that is kept running until `stop`. */
export interface Supervised {
  /**
   * Kills the program, as a power cut would, and returns when it is dead. It stays down until the returned function is called, and is
   * started again then without a pause.
   */
  hold(): Promise<() => void>;
  stop(): Promise<void>;
}

const TAIL_BYTES = 2000;

function logTail(file: string): string {
  if (!existsSync(file)) return '';
  const log = openSync(file, 'r');
  try {
    const { size } = fstatSync(log);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(log, buffer, 0, buffer.length, Math.max(0, size - TAIL_BYTES));
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(log);
  }
}

/** How a program ended, in words. */
export function describeExit({ code, signal, error }: Exit): string {
  return error?.message ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
}

/** An error that names the program, what happened, its log and the log's end. */
export function serviceError(service: Pick<Service, 'name' | 'logFile'>, what: string): Error {
  return new Error(`${service.name} ${what}. Its log is ${service.logFile}, and ends:\n${logTail(service.logFile)}`);
}

async function waitUntilReady(service: Service, child: Child, patience: Patience, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  void child.exited.then((exit) => ended.abort(serviceError(service, `ended while it was starting (${describeExit(exit)})`)));
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(serviceError(service, `was not ready after ${patience.startMs / 1000} s`)), patience.startMs);
  try {
    await service.ready(child, AbortSignal.any([ended.signal, late.signal, signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function firstStart(
  service: Service,
  patience: Patience,
  signal: AbortSignal,
  onStart: (child: Child) => Promise<void>,
): Promise<Child> {
  for (let starts = 1; ; starts += 1) {
    const child = await startChild(service.command, service.logFile);
    let ended = false;
    void child.exited.then(() => (ended = true));
    try {
      await onStart(child);
      await waitUntilReady(service, child, patience, signal);
      return child;
    } catch (error) {
      const again = ended && starts < (service.firstStarts ?? 1) && !signal.aborted;
      await child.stop(patience.stopMs);
      if (!again) throw error;
    }
  }
}

/**
 * Starts a program, waits until it is ready, and starts it again, later each time, whenever it ends by itself. `onStart` hears of each
 * new process. Throws, with nothing left running, if it ends or does not become ready at the first start, or if `signal` is aborted before.
 */
export async function supervise(
  service: Service,
  patience: Patience,
  signal: AbortSignal,
  onStart: (child: Child) => Promise<void>,
  say: Say,
): Promise<Supervised> {
  const stopping = new AbortController();
  let held: Promise<void> | undefined;
  let child = await firstStart(service, patience, signal, onStart);
  const startAgain = async (): Promise<Exit> => {
    try {
      child = await startChild(service.command, service.logFile);
    } catch (error) {
      return { code: null, signal: null, error: error as Error };
    }
    await onStart(child);
    if (stopping.signal.aborted) await child.stop(patience.stopMs);
    return child.exited;
  };
  const keepRunning = async (): Promise<void> => {
    let pause = patience.restartMs;
    let started = Date.now();
    let exit = await child.exited;
    while (!stopping.signal.aborted) {
      if (held === undefined) {
        if (Date.now() - started > patience.maxRestartMs) pause = patience.restartMs;
        say(`${service.name} ended (${describeExit(exit)}); it is started again in ${pause / 1000} s. Log: ${service.logFile}`);
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, patience.maxRestartMs);
      }
      await held;
      if (stopping.signal.aborted) return;
      started = Date.now();
      exit = await startAgain();
    }
  };
  const kept = keepRunning();
  let letGo = (): void => undefined;
  return {
    hold: async () => {
      held = new Promise((resolve) => {
        letGo = () => {
          held = undefined;
          resolve();
        };
      });
      const { pid, exited } = child;
      signalGroup(pid, 'SIGKILL');
      await exited;
      return letGo;
    },
    stop: async () => {
      stopping.abort();
      letGo();
      await child.stop(patience.stopMs);
      await kept;
    },
  };
}
