import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Processor time in milliseconds of each program of a stack and its children. */
export type ProcessorTimes = Record<string, number>;

/** A tick of Linux's accounting in milliseconds; `getconf CLK_TCK` is 100 on every platform of Node. */
const tickMs = 10;

interface Process {
  parent: number;
  cpuMs: number;
}

/** Null if the machine has no /proc. */
export function readProcessorTimes(pids: Readonly<Record<string, number>>): ProcessorTimes | null {
  const processes = readProcesses();
  if (!processes) return null;
  const totalOf = (pid: number): number => {
    let total = processes.get(pid)?.cpuMs ?? 0;
    for (const [child, { parent }] of processes) if (parent === pid) total += totalOf(child);
    return total;
  };
  return Object.fromEntries(
    Object.entries(pids)
      .filter(([name]) => name !== 'launcher')
      .map(([name, pid]) => [name, totalOf(pid)]),
  );
}

function readProcesses(): Map<number, Process> | null {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  const processes = new Map<number, Process>();
  for (const name of names) {
    try {
      // proc(5): the command, in parentheses, may contain any character. Own time, then the time of ended children.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      processes.set(Number(name), { parent: Number(fields[1]), cpuMs: ticks * tickMs });
    } catch {
      // The process has ended.
    }
  }
  return processes;
}

/** Resets the peak memory of a process, so that it is measured from now on. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Without this file the peak covers the whole life of the process.
  }
}

/** Peak resident memory in MiB; null if the machine has no /proc. */
export function readPeakMemory(pid: number): number | null {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Math.round(Number(match[1]) / 1_024) : null;
  } catch {
    return null;
  }
}
