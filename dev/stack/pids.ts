import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup } from '../process/child.ts';
import { commandLine, isRunning, type ProcessIdentity } from '../process/identity.ts';
import { replaceJson } from './home.ts';

/** A child as the stack records it, so that a later start can end it without ending a foreign process. */
export interface RememberedChild extends ProcessIdentity {
  /** A part of its command line that no other program has. */
  readonly mark: string;
  readonly stopSignal: NodeJS.Signals;
}

const GRACE_MS = 10_000;

async function endChild(child: RememberedChild): Promise<boolean> {
  if (!(await isRunning(child)) || !(await commandLine(child.pid)).includes(child.mark)) return false;
  process.kill(child.pid, child.stopSignal);
  const deadline = Date.now() + GRACE_MS;
  while (Date.now() < deadline && (await isRunning(child))) await delay(100);
  signalGroup(child.pid, 'SIGKILL');
  while (await isRunning(child)) await delay(20);
  return true;
}

/**
 * Ends the programs that a killed launcher left running, in reverse order of their start. Ends a process only if its number,
 * start time and command line match the record. Returns the names of the ended programs.
 */
export async function endLeftovers(pidsFile: string): Promise<string[]> {
  if (!existsSync(pidsFile)) return [];
  const remembered = Object.entries(JSON.parse(readFileSync(pidsFile, 'utf8')) as Record<string, RememberedChild>);
  const ended: string[] = [];
  for (const [name, child] of remembered.toReversed()) if (await endChild(child)) ended.push(name);
  await rm(pidsFile, { force: true });
  return ended;
}

/** Records the running children in the order of their start. */
export function rememberChildren(pidsFile: string, children: ReadonlyMap<string, RememberedChild>): void {
  replaceJson(pidsFile, Object.fromEntries(children));
}
