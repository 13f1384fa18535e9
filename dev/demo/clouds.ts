import type { Api } from './api.ts';

/** The fields of a cloud that the demo uses. */
export interface Cloud {
  id: string;
  accountId: string;
  name: string;
  nickname: string | null;
  status: string;
  statusReason: { code: string; message: string } | null;
  warnings: { code: string; action?: string; message: string; policy?: string }[];
  organizationPath: string;
  roleArn: string;
}

interface Page {
  items: Cloud[];
  nextCursor: string | null;
}

/** All clouds that a query of the listing finds, page by page. */
export async function findClouds(api: Api, query: Record<string, string> | [string, string][]): Promise<Cloud[]> {
  const parameters = new URLSearchParams(query);
  parameters.set('limit', '200');
  const found: Cloud[] = [];
  for (;;) {
    const { items, nextCursor } = await api.get<Page>(`/v1/clouds?${parameters.toString()}`);
    found.push(...items);
    if (nextCursor === null) return found;
    parameters.set('cursor', nextCursor);
  }
}

/** Throws unless the clouds are exactly these accounts. */
export function expectAccounts(what: string, clouds: readonly { accountId: string }[], accountIds: readonly string[]): void {
  const are = clouds.map(({ accountId }) => accountId);
  const missing = accountIds.filter((id) => !are.includes(id));
  const others = are.filter((id) => !accountIds.includes(id));
  if (missing.length === 0 && others.length === 0) return;
  throw new Error(`${what} the wrong accounts. Missing: ${missing.join(', ') || 'none'}. Unexpected: ${others.join(', ') || 'none'}.`);
}
