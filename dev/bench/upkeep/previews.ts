import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../demo/api.ts';
import type { StackInfo } from '../../stack/stack.ts';
import { listingFloorOf, type Floor } from '../floor.ts';
import { readPeakMemory, resetPeakMemory } from '../processes.ts';
import { callsOf, type Calls } from '../sandbox.ts';
import type { KeptOrganization } from './organization.ts';

/** What one preview took, from the call until it could be read. */
export interface PreviewFigures {
  /** `re-sync`: by a listing of its own, at AWS's published rates. `scope edit`: by the listing that is there. */
  of: 're-sync' | 'scope edit';
  accounts: number;
  totalMs: number;
  floor: Floor;
  ratio: number | null;
  calls: Calls;
  /** The worker's resident memory at its highest, in MiB; null where the machine does not tell. */
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
const noFloor: Floor = { ms: 0, bucket: 'none', calls: 0 };
/** Names of one account of 26 begin so in the sandbox. */
const prefix = 'quartz-';

/** A re-sync, which changes nothing, and a scope edit. Throws unless each says what would become of the accounts. */
export async function measurePreviews(stack: StackInfo, organization: KeptOrganization): Promise<PreviewFigures[]> {
  const { accounts } = organization;
  const excluded = accounts.filter(({ Name }) => Name!.startsWith(prefix)).length;
  const resync = { of: 're-sync', body: {}, floor: listingFloorOf(organization.case), excluded: 0 } as const;
  const edit = { of: 'scope edit', body: { scope: { excludeNamePrefixes: [prefix] } }, floor: noFloor, excluded } as const;
  return [await measure(stack, organization, resync), await measure(stack, organization, edit)];
}

interface Asked {
  of: PreviewFigures['of'];
  body: object;
  floor: Floor;
  /** Clouds that are to go. */
  excluded: number;
}

async function measure(stack: StackInfo, { id, api, accounts }: KeptOrganization, asked: Asked): Promise<PreviewFigures> {
  const worker = stack.pids['worker']!;
  resetPeakMemory(worker);
  let totalMs = 0;
  const calls = await callsOf(stack.awsEndpointUrl, async () => {
    const began = performance.now();
    const { complete, counts } = await preview(api, id, asked.body);
    totalMs = performance.now() - began;
    const { listed, added, removed } = counts;
    if (!complete || listed !== accounts.length || added !== 0 || removed !== asked.excluded)
      throw new Error(`the preview of a ${asked.of} says ${JSON.stringify({ complete, ...counts })}`);
  });
  const { of, floor } = asked;
  const ratio = floor.ms > 0 ? totalMs / floor.ms : null;
  return { of, accounts: accounts.length, totalMs, floor, ratio, calls, workerPeakMiB: readPeakMemory(worker) };
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
