import type { Api } from './api.ts';

/** The sync resource, as far as the demo looks at it. */
export interface Sync {
  id: string;
  phase: string;
  heldRemovals: { count: number; state: string } | null;
  counts: Record<string, number>;
  failure: { code: string; message: string } | null;
}

/** In the order in which a sync comes to them. */
const told = {
  listed: 'listed',
  checked: 'checked',
  added: 'added',
  moved: 'moved',
  excluded: 'out of scope',
  removed: 'removed',
};

/** A sync says more than anybody reads; within a phase so often is enough. */
const tellEveryMs = 1_500;

/** Tells how far a piece of work is until it has ended; answers it. Throws unless it was completed. */
export async function followSync(api: Api, id: string, tell: (line: string) => void): Promise<Sync> {
  let before = { phase: '', at: -Infinity };
  for await (const { event, data } of api.events(`/v1/syncs/${id}/events`)) {
    if (event !== 'sync') continue;
    const { phase, counts } = data as Sync;
    const now = performance.now();
    if (phase === before.phase && now < before.at + tellEveryMs) continue;
    const figures = Object.entries(told).flatMap(([count, name]) => (counts[count] ? [`${counts[count]} ${name}`] : []));
    tell(`  ${[phase, figures.join(', ')].filter(Boolean).join(': ')}`);
    before = { phase, at: now };
  }
  const ended = await api.get<Sync>(`/v1/syncs/${id}`);
  if (ended.phase === 'completed') return ended;
  throw new Error(`The work ended as ${ended.phase}: ${ended.failure?.message ?? 'no reason given'}`);
}
