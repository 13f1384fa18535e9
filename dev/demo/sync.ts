import type { Api } from './api.ts';

/** The fields of a sync that the demo uses. */
export interface Sync {
  id: string;
  phase: string;
  heldRemovals: { count: number; state: string } | null;
  counts: Record<string, number>;
  failure: { code: string; message: string } | null;
}

/** The printed counts, in the order of the steps of a sync. */
const shownCounts = {
  listed: 'listed',
  checked: 'checked',
  added: 'added',
  moved: 'moved',
  excluded: 'out of scope',
  removed: 'removed',
};

/** A sync sends many events. Within a phase the demo prints at most one line per interval. */
const printIntervalMs = 1_500;

/** Prints the progress of a sync until it ends, and returns it. Throws unless it completed. */
export async function followSync(api: Api, id: string, print: (line: string) => void): Promise<Sync> {
  let before = { phase: '', at: -Infinity };
  for await (const { event, data } of api.events(`/v1/syncs/${id}/events`)) {
    if (event !== 'sync') continue;
    const { phase, counts } = data as Sync;
    const now = performance.now();
    if (phase === before.phase && now < before.at + printIntervalMs) continue;
    const figures = Object.entries(shownCounts).flatMap(([count, name]) => (counts[count] ? [`${counts[count]} ${name}`] : []));
    print(`  ${[phase, figures.join(', ')].filter(Boolean).join(': ')}`);
    before = { phase, at: now };
  }
  const ended = await api.get<Sync>(`/v1/syncs/${id}`);
  if (ended.phase === 'completed') return ended;
  throw new Error(`The work ended as ${ended.phase}: ${ended.failure?.message ?? 'no reason given'}`);
}
