import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../demo/api.ts';
import type { StackInfo } from '../../stack/stack.ts';
import { listingFloorsOf, noFloors, ratioOf, type Floors } from '../floor.ts';
import { readPeakMemory, resetPeakMemory } from '../processes.ts';
import { callsOf, type Calls } from '../sandbox.ts';
import type { KeptOrganization } from './organization.ts';

/** The figures of one preview, from the call until it is ready. */
export interface PreviewFigures {
  /** `re-sync`: lists the organization at AWS's published rates. `scope edit`: uses the existing listing. */
  of: 're-sync' | 'scope edit';
  accounts: number;
  totalMs: number;
  floors: Floors;
  /** Total time divided by each floor; null if there is no floor. */
  ratios: Record<keyof Floors, number | null>;
  calls: Calls;
  /** Peak resident memory of the worker in MiB; null if the machine has no /proc. */
  workerPeakMiB: number | null;
}

interface Preview {
  id: string;
  state: 'running' | 'ready' | 'failed';
  complete: boolean;
  counts: Record<string, number>;
  failure: { message: string } | null;
}

const pollMs = 50;
/** In the sandbox, one account name in 26 begins with this prefix. */
const prefix = 'quartz-';

/** Previews a re-sync, which changes nothing, and a scope edit. Throws unless each shows the expected changes. */
export async function measurePreviews(stack: StackInfo, organization: KeptOrganization): Promise<PreviewFigures[]> {
  const { accounts } = organization;
  const excluded = accounts.filter(({ Name }) => Name!.startsWith(prefix)).length;
  const resync = { of: 're-sync', body: {}, floors: listingFloorsOf(organization.case), excluded: 0 } as const;
  const edit = { of: 'scope edit', body: { scope: { excludeNamePrefixes: [prefix] } }, floors: noFloors, excluded } as const;
  return [await measure(stack, organization, resync), await measure(stack, organization, edit)];
}

interface Case {
  of: PreviewFigures['of'];
  body: object;
  floors: Floors;
  /** Clouds that the preview must remove. */
  excluded: number;
}

async function measure(stack: StackInfo, { id, api, accounts }: KeptOrganization, wanted: Case): Promise<PreviewFigures> {
  const worker = stack.pids['worker']!;
  resetPeakMemory(worker);
  let totalMs = 0;
  const calls = await callsOf(stack.awsEndpointUrl, async () => {
    const began = performance.now();
    const { complete, counts } = await preview(api, id, wanted.body);
    totalMs = performance.now() - began;
    const { listed, added, removed } = counts;
    if (!complete || listed !== accounts.length || added !== 0 || removed !== wanted.excluded)
      throw new Error(`the preview of a ${wanted.of} says ${JSON.stringify({ complete, ...counts })}`);
  });
  const { of, floors } = wanted;
  const ratios = { own: ratioOf(totalMs, floors.own), plain: ratioOf(totalMs, floors.plain) };
  return { of, accounts: accounts.length, totalMs, floors, ratios, calls, workerPeakMiB: readPeakMemory(worker) };
}

async function preview(api: Api, organizationId: string, body: object): Promise<Preview> {
  let now = await api.post<Preview>(`/v1/organizations/${organizationId}/preview`, body);
  while (now.state === 'running') {
    await delay(pollMs);
    now = await api.get<Preview>(`/v1/previews/${now.id}`);
  }
  if (now.state === 'failed') throw new Error(`the preview failed: ${now.failure?.message}`);
  return now;
}
