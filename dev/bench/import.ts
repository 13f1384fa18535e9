import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../demo/api.ts';
import type { MadeOrganization } from '../demo/sandbox.ts';

/** Times in milliseconds since the submission of the organization. */
export interface ImportTimes {
  /** The credentials were proven and the organization registered. */
  registeredMs: number;
  /** The first cloud was listed with a proven role. */
  firstCloudMs: number;
  /** Every account was a checked, badged cloud. */
  totalMs: number;
}

interface Sync {
  phase: string;
  counts: Record<string, number>;
  failure: { message: string } | null;
}

const session = { sessionName: 'muster', durationSeconds: 3_600 };
const pollMs = 50;

/** Adds an organization by API and follows its sync to the end. Throws unless every account became a cloud with a proven role. */
export async function importOrganization(api: Api, made: MadeOrganization, accounts: number): Promise<{ id: string; times: ImportTimes }> {
  const began = performance.now();
  const since = () => performance.now() - began;
  const { id, lastSync } = await api.post<{ id: string; lastSync: { id: string } }>('/v1/organizations', {
    nickname: `Organization of ${accounts} (${Date.now()})`,
    organizationRole: { ...made.organizationRole, ...session },
    memberRole: { ...made.memberRole, ...session },
  });
  const registeredMs = since();
  const [firstCloudMs, { totalMs, sync }] = await Promise.all([firstCloud(api, id, since), followToEnd(api, lastSync.id, since)]);
  if (sync.phase !== 'completed') throw new Error(`the sync ended as ${sync.phase}: ${sync.failure?.message}`);
  const { total } = await api.get<{ total: number }>(`/v1/clouds?organizationId=${id}&status=ok&limit=1`);
  const { listed, added, checked, ok } = sync.counts;
  if ([total, listed, added, checked, ok].some((number) => number !== accounts))
    throw new Error(`${total} clouds of ${accounts} are ok: ${JSON.stringify(sync.counts)}`);
  return { id, times: { registeredMs, firstCloudMs, totalMs } };
}

async function firstCloud(api: Api, organizationId: string, since: () => number): Promise<number> {
  for (;;) {
    const { items } = await api.get<{ items: unknown[] }>(`/v1/clouds?organizationId=${organizationId}&status=ok&limit=1`);
    if (items.length > 0) return since();
    await delay(pollMs);
  }
}

async function followToEnd(api: Api, syncId: string, since: () => number): Promise<{ totalMs: number; sync: Sync }> {
  let sync: Sync | undefined;
  let totalMs = 0;
  for await (const { data } of api.events(`/v1/syncs/${syncId}/events`)) {
    sync = data as Sync;
    totalMs = since();
  }
  if (!sync) throw new Error(`the stream of sync ${syncId} sent no sync`);
  return { totalMs, sync };
}
