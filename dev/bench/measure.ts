import type { Client } from '@temporalio/client';
import { connectApi } from '../demo/api.ts';
import type { StackInfo } from '../stack/stack.ts';
import { countActions } from './actions.ts';
import { floorsOf, ratioOf, type Floors } from './floor.ts';
import { importOrganization, type ImportTimes } from './import.ts';
import type { Case } from './options.ts';
import { readPeakMemory, readProcessorTimes, resetPeakMemory, type ProcessorTimes } from './processes.ts';
import { prepareSandbox } from './sandbox.ts';

/** The figures of one import. */
export interface Figures extends Case, ImportTimes {
  floors: Floors;
  /** Total time divided by each floor; null if there is no floor. */
  ratios: Record<keyof Floors, number | null>;
  accountsPerSecond: number;
  /** Processor time in milliseconds by program; null if the machine has no /proc. */
  processorMs: ProcessorTimes | null;
  /** Peak resident memory of the worker in MiB; null if the machine has no /proc. */
  workerPeakMiB: number | null;
  actions: Record<string, number>;
  actionsPerAccount: number;
}

/** Imports one organization and measures the import. */
export async function measure(stack: StackInfo, temporal: Client, one: Case): Promise<Figures> {
  const made = await prepareSandbox(stack.awsEndpointUrl, one);
  const worker = stack.pids['worker']!;
  resetPeakMemory(worker);
  const since = new Date();
  const before = readProcessorTimes(stack.pids);
  const { times } = await importOrganization(connectApi(stack.apiUrl, stack.adminApiKey), made, one.accounts);
  const after = readProcessorTimes(stack.pids);
  const workerPeakMiB = readPeakMemory(worker);
  const floors = floorsOf(one);
  const actions = await countActions(temporal, since);
  return {
    ...one,
    ...times,
    floors,
    ratios: { own: ratioOf(times.totalMs, floors.own), plain: ratioOf(times.totalMs, floors.plain) },
    accountsPerSecond: (one.accounts * 1_000) / times.totalMs,
    processorMs: before && after && difference(before, after),
    workerPeakMiB,
    actions,
    actionsPerAccount: Object.values(actions).reduce((sum, number) => sum + number, 0) / one.accounts,
  };
}

function difference(before: ProcessorTimes, after: ProcessorTimes): ProcessorTimes {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}
