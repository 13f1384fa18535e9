import { spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A program to run: what a shell line would say, and nothing of this process's environment but what `env` names. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What asks the program to end in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Whether it is a Node program of ours that may send messages over an IPC channel. */
  readonly ipc?: boolean;
}

/** How a child ended. Both are null only if it could not be started at all. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** A running child that leads a process group of its own. */
export interface Child {
  readonly pid: number;
  /** Settles, never rejects, when the leader has ended. */
  readonly exited: Promise<Exit>;
  /** Has `listener` called for each message that the child sends over its IPC channel. */
  onMessage(listener: (message: Serializable) => void): void;
  /** Asks the leader to end, and after `graceMs` milliseconds or its end kills whatever is left of the group. */
  stop(graceMs: number): Promise<Exit>;
}

const running = new Map<number, NodeJS.Signals>();

function signalAllOnExit(): void {
  for (const [pid, signal] of running) signalGroup(pid, signal);
}

/** Sends a signal to a whole process group. False if nothing of it is left. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leaderPid, signal);
  } catch (error) {
    // macOS says EPERM where only an unread exit code is left of the group.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/**
 * Starts a child in a process group of its own, so that a terminal's Ctrl-C reaches the launcher alone and the launcher
 * ends its children in order. If this process ends without having stopped them, they are told to stop all the same. Output is appended to `logFile`. Throws if the program cannot be started.
 */
export async function startChild(command: Command, logFile: string): Promise<Child> {
  const log = openSync(logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(command.command, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: command.ipc === true ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    });
  } finally {
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
