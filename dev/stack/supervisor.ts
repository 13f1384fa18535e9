import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup, startChild, type Child, type Command, type Exit } from '../process/child.ts';
import { anySignal } from '../../config/signals.ts';
import type { Say } from '../temporal/cache.ts';

/** One program of the stack. */
export interface Service {
  readonly name: string;
  readonly command: Command;
  /** A part of the command line that no other program has. */
  readonly mark: string;
  readonly logFile: string;
  /** Returns when the program is usable. Throws the signal's reason if it is aborted. */
  readonly ready: (child: Child, signal: AbortSignal) => Promise<void>;
  /** Maximum attempts at the first start; 1 by default. */
  readonly maxFirstStarts?: number;
}

/** Timeouts and pauses for the programs of a stack, in milliseconds. */
export interface Timings {
  /** Timeout for a program to become ready. */
  readonly startMs: number;
  /** Timeout for a program to end after the signal. The stack then kills it. */
  readonly stopMs: number;
  /** Pause before the first restart. It doubles each time, up to `maxRestartMs`. */
  readonly restartMs: number;
  readonly maxRestartMs: number;
}

/** A program that is restarted until `stop`. */
export interface Supervised {
  /**
   * Kills the program, as a power cut would, and returns when it is dead. It stays down until the returned function is called, and
   * then restarts without a pause.
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

/** Describes the end of a program. */
export function describeExit({ code, signal, error }: Exit): string {
  return error?.message ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
}

/** An error that names the program, what happened, its log and the log's end. */
export function serviceError(service: Pick<Service, 'name' | 'logFile'>, what: string): Error {
  return new Error(`${service.name} ${what}. Its log is ${service.logFile}, and ends:\n${logTail(service.logFile)}`);
}

async function waitUntilReady(service: Service, child: Child, timings: Timings, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  void child.exited.then((exit) => ended.abort(serviceError(service, `ended while it was starting (${describeExit(exit)})`)));
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(serviceError(service, `was not ready after ${timings.startMs / 1000} s`)), timings.startMs);
  try {
    await service.ready(child, anySignal(ended.signal, late.signal, signal));
  } finally {
    clearTimeout(timer);
  }
}

async function firstStart(
  service: Service,
  timings: Timings,
  signal: AbortSignal,
  onStart: (child: Child) => Promise<void>,
): Promise<Child> {
  for (let starts = 1; ; starts += 1) {
    const child = await startChild(service.command, service.logFile);
    let ended = false;
    void child.exited.then(() => (ended = true));
    try {
      await onStart(child);
      await waitUntilReady(service, child, timings, signal);
      return child;
    } catch (error) {
      const again = ended && starts < (service.maxFirstStarts ?? 1) && !signal.aborted;
      await child.stop(timings.stopMs);
      if (!again) throw error;
    }
  }
}

/**
 * Starts a program, waits until it is ready, and restarts it with growing pauses whenever it ends. Calls `onStart` for each new
 * process. Throws if the first start fails or `signal` is aborted before it is ready, and leaves nothing running.
 */
export async function supervise(
  service: Service,
  timings: Timings,
  signal: AbortSignal,
  onStart: (child: Child) => Promise<void>,
  say: Say,
): Promise<Supervised> {
  const stopping = new AbortController();
  let held: Promise<void> | undefined;
  let child = await firstStart(service, timings, signal, onStart);
  const restart = async (): Promise<Exit> => {
    try {
      child = await startChild(service.command, service.logFile);
    } catch (error) {
      return { code: null, signal: null, error: error as Error };
    }
    await onStart(child);
    if (stopping.signal.aborted) await child.stop(timings.stopMs);
    return child.exited;
  };
  const keepRunning = async (): Promise<void> => {
    let pause = timings.restartMs;
    let started = Date.now();
    let exit = await child.exited;
    while (!stopping.signal.aborted) {
      if (held === undefined) {
        if (Date.now() - started > timings.maxRestartMs) pause = timings.restartMs;
        say(`${service.name} ended (${describeExit(exit)}); it restarts in ${pause / 1000} s. Log: ${service.logFile}`);
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, timings.maxRestartMs);
      }
      await held;
      if (stopping.signal.aborted) return;
      started = Date.now();
      exit = await restart();
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
      await child.stop(timings.stopMs);
      await kept;
    },
  };
}
