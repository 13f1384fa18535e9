import { spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A program to run. Its environment is `env` only: it inherits nothing from this process. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The signal that requests an orderly end. */
  readonly stopSignal: NodeJS.Signals;
  /** True for our own Node programs, which may send messages over an IPC channel. */
  readonly ipc?: boolean;
}

/** The end of a child. Both are null only if it could not start. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** A running child that leads its own process group. */
export interface Child {
  readonly pid: number;
  /** Settles, never rejects, when the leader has ended. */
  readonly exited: Promise<Exit>;
  /** Calls `listener` for each message that the child sends over its IPC channel. */
  onMessage(listener: (message: Serializable) => void): void;
  /** Signals the leader. After its end, or after `graceMs` milliseconds, kills the rest of the group. */
  stop(graceMs: number): Promise<Exit>;
}

const running = new Map<number, NodeJS.Signals>();

function signalAllOnExit(): void {
  for (const [pid, signal] of running) signalGroup(pid, signal);
}

/** Sends a signal to a process group. Returns false if the group is empty. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leaderPid, signal);
  } catch (error) {
    // macOS returns EPERM if only an unread exit code is left of the group.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/**
 * Starts a child in its own process group, so that a terminal's Ctrl-C reaches only the launcher, which stops its children
 * in order. If this process ends without stopping them, it signals them on exit. Appends output to `logFile`. Throws if the
 * program cannot start.
 */
export async function startChild(command: Command, logFile: string): Promise<Child> {
  const log = openSync(logFile, 'a', 0o600);
  // The child inherits it, so that only its owner can read the files that it writes.
  const umask = process.umask(0o077);
  let child: ChildProcess;
  try {
    child = spawn(command.command, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: command.ipc === true ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    });
  } finally {
    process.umask(umask);
    closeSync(log);
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
  });
  const { pid } = child;
  if (pid === undefined) {
    const { error } = await exited;
    throw new Error(`could not start ${command.command}: ${error?.message ?? 'unknown reason'}`, { cause: error });
  }
  if (running.size === 0) process.once('exit', signalAllOnExit);
  running.set(pid, command.stopSignal);
  void exited.then(() => {
    signalGroup(pid, 'SIGKILL');
    running.delete(pid);
    if (running.size === 0) process.off('exit', signalAllOnExit);
  });
  return {
    pid,
    exited,
    onMessage: (listener) => child.on('message', listener),
    stop: async (graceMs) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(command.stopSignal);
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}
