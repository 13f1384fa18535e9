import type { Api } from './api.ts';

/** The sync resource, as far as the demo looks at it. */
export interface Sync {
  id: string;
  phase: string;
  counts: Record<string, number>;
  failure: { code: string; message: string } | null;
}

/** In the order in which a sync comes to them. */
const told = { listed: 'listed', checked: 'checked', added: 'added' };

/** Tells how far a sync is, whenever that changes, until it has ended; answers how. */
export async function followSync(api: Api, id: string, tell: (line: string) => void): Promise<Sync> {
  let before = '';
  for await (const { event, data } of api.events(`/v1/syncs/${id}/events`)) {
    if (event !== 'sync') continue;
    const { phase, counts } = data as Sync;
    const figures = Object.entries(told).map(([count, name]) => `${counts[count]} ${name}`);
    const line = `  ${phase}: ${figures.join(', ')}`;
    if (line !== before) tell(line);
    before = line;
  }
  return await api.get<Sync>(`/v1/syncs/${id}`);
}
