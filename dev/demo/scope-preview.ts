import type { Account } from '@aws-sdk/client-organizations';
import { expectAccounts, findClouds } from './clouds.ts';
import type { ImportedOrganization } from './organization.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';
import { until } from './until.ts';

interface Preview {
  id: string;
  state: 'running' | 'ready' | 'failed';
  asOf: string | null;
  complete: boolean;
  counts: Record<string, number>;
  failure: { message: string } | null;
}

interface Change {
  accountId: string;
  name: string;
  rule?: { rule: string; message: string };
}

/** The demo's scope excludes accounts with a name prefix, one account, and suspended accounts. */
const excludedPrefix = 'quartz-';

/**
 * Previews a narrower scope and saves it. Throws unless the sync removes exactly the clouds of the preview, and AWS's own list
 * gives the same accounts.
 */
export async function demonstratePreview(stage: Stage, { id, made, administrator }: ImportedOrganization): Promise<void> {
  const { api, print } = stage;
  const accounts = await administrator.accounts();
  const single = accounts.find((account) => account.Id !== made.managementAccountId && !account.Name!.startsWith(excludedPrefix))!;
  const scope = { excludeNamePrefixes: [excludedPrefix], excludeAccountIds: [single.Id!], autoRemoveSuspended: true };
  print(`previewing a scope without names that begin with "${excludedPrefix}", account ${single.Id} and suspended accounts`);
  const { preview, leaving } = await previewed(stage, id, scope);
  const ageSeconds = (Date.now() - Date.parse(preview.asOf!)) / 1_000;
  const listing = preview.complete ? 'the complete listing' : 'the listing';
  print(`planned from ${listing} of ${ageSeconds.toFixed(0)} s ago, without a call to AWS and without a change: ${figuresOf(preview)}`);
  for (const rule of new Set(leaving.map(ruleOf))) {
    const itsAccounts = leaving.filter((change) => ruleOf(change) === rule).map(({ name, accountId }) => `${name} (${accountId})`);
    print(`  ${itsAccounts.length} by the rule: ${rule}`);
    print(`    ${itsAccounts.join(', ')}`);
  }
  const excluded = accounts.filter((account) => isExcluded(account, single));
  expectAccounts('The preview names', leaving, idsOf(excluded));

  print('saving that scope; its sync starts at once');
  const { lastSync } = await api.patch<{ lastSync: Sync }>(`/v1/organizations/${id}`, { scope });
  await followSync(api, lastSync.id, print);
  const wanted = accounts.filter((account) => !excluded.includes(account));
  expectAccounts('The organization has', await findClouds(api, { organizationId: id }), idsOf(wanted));
  print(`the sync removed exactly the ${leaving.length} clouds of the preview`);
}

async function previewed({ api }: Stage, id: string, scope: object): Promise<{ preview: Preview; leaving: Change[] }> {
  const created = await api.post<Preview>(`/v1/organizations/${id}/preview`, { scope });
  const preview = await until('the preview', async () => {
    const now = await api.get<Preview>(`/v1/previews/${created.id}`);
    return now.state === 'running' ? null : now;
  });
  if (preview.state !== 'ready') throw new Error(`The preview failed: ${preview.failure?.message ?? 'no reason given'}`);
  const { items } = await api.get<{ items: Change[] }>(`/v1/previews/${preview.id}/changes?change=remove&limit=200`);
  return { preview, leaving: items };
}

function ruleOf({ rule }: Change): string {
  return rule?.message ?? 'No rule is given.';
}

function figuresOf({ counts }: Preview): string {
  const { listed, inScope, excluded, removed } = counts;
  return `${listed} accounts, ${inScope} in scope, ${excluded} excluded, ${removed} clouds to remove`;
}

function isExcluded(account: Account, single: Account): boolean {
  return account.Id === single.Id || account.Name!.startsWith(excludedPrefix) || account.State !== 'ACTIVE';
}

function idsOf(accounts: readonly Account[]): string[] {
  return accounts.map(({ Id }) => Id!);
}
