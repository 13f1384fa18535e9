import type { Client } from '@temporalio/client';
import { connectApi } from '../demo/api.ts';
import type { StackInfo } from '../stack/stack.ts';
import { countActions } from './actions.ts';
import { floorOf, type Floor } from './floor.ts';
import { importOrganization, type ImportTimes } from './import.ts';
import type { Case } from './options.ts';
import { readPeakMemory, readProcessorTimes, resetPeakMemory, type ProcessorTimes } from './processes.ts';
import { prepareSandbox } from './sandbox.ts';

/** What one import took. */
export interface Figures extends Case, ImportTimes {
  floor: Floor;
  /** Total time to the floor; null where nothing dictates one. */
  ratio: number | null;
  accountsPerSecond: number;
  /** Milliseconds, by program; null where the machine does not tell. */
  processorMs: ProcessorTimes | null;
  /** The worker's resident memory at its highest, in MiB; null where the machine does not tell. */
  workerPeakMiB: number | null;
  actions: Record<string, number>;
  actionsPerAccount: number;
}

/** Imports one organization and measures it. */
export async function measure(stack: StackInfo, temporal: Client, one: Case): Promise<Figures> {
  const made = await prepareSandbox(stack.awsEndpointUrl, one);
  const worker = stack.pids['worker']!;
  resetPeakMemory(worker);
  const since = new Date();
  const before = readProcessorTimes(stack.pids);
  const { times } = await importOrganization(connectApi(stack.apiUrl, stack.adminApiKey), made, one.accounts);
  const after = readProcessorTimes(stack.pids);
  const workerPeakMiB = readPeakMemory(worker);
  const floor = floorOf(one);
  const actions = await countActions(temporal, since);
  return {
    ...one,
    ...times,
    floor,
    ratio: floor.ms > 0 ? times.totalMs / floor.ms : null,
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
