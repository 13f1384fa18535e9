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

/** The scope that the demo tries: a name prefix that some accounts have, one account, and the suspended ones. */
const excludedPrefix = 'quartz-';

/**
 * Previews a narrower scope, then saves it: what goes is what the preview said, which is what AWS's own list says.
 * Throws when it is not.
 */
export async function demonstratePreview(stage: Stage, { id, made, administrator }: ImportedOrganization): Promise<void> {
  const { api, tell } = stage;
  const accounts = await administrator.accounts();
  const single = accounts.find((account) => account.Id !== made.managementAccountId && !account.Name!.startsWith(excludedPrefix))!;
  const scope = { excludeNamePrefixes: [excludedPrefix], excludeAccountIds: [single.Id!], autoRemoveSuspended: true };
  tell(`what if names that begin with "${excludedPrefix}", the account ${single.Id} and suspended accounts were left out?`);
  const { preview, leaving } = await previewed(stage, id, scope);
  const ageSeconds = (Date.now() - Date.parse(preview.asOf!)) / 1_000;
  const listing = preview.complete ? 'the complete listing' : 'the listing';
  tell(`by ${listing} of ${ageSeconds.toFixed(0)} s ago, without a call to AWS, and nothing changed yet: ${figuresOf(preview)}`);
  for (const rule of new Set(leaving.map(ruleOf))) {
    const itsAccounts = leaving.filter((change) => ruleOf(change) === rule).map(({ name, accountId }) => `${name} (${accountId})`);
    tell(`  ${itsAccounts.length} by this rule: ${rule}`);
    tell(`    ${itsAccounts.join(', ')}`);
  }
  const excluded = accounts.filter((account) => isExcluded(account, single));
  expectAccounts('The preview names', leaving, idsOf(excluded));

  tell('saving that scope; its sync begins at once');
  const { lastSync } = await api.patch<{ lastSync: Sync }>(`/v1/organizations/${id}`, { scope });
  await followSync(api, lastSync.id, tell);
  const wanted = accounts.filter((account) => !excluded.includes(account));
  expectAccounts('The organization has', await findClouds(api, { organizationId: id }), idsOf(wanted));
  tell(`the ${leaving.length} clouds of the preview are gone, and no other`);
}

async function previewed({ api }: Stage, id: string, scope: object): Promise<{ preview: Preview; leaving: Change[] }> {
  const asked = await api.post<Preview>(`/v1/organizations/${id}/preview`, { scope });
  const preview = await until('the preview', async () => {
    const now = await api.get<Preview>(`/v1/previews/${asked.id}`);
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
  return `of ${listed} accounts ${inScope} in scope, ${excluded} excluded, ${removed} clouds to go`;
}

function isExcluded(account: Account, single: Account): boolean {
  return account.Id === single.Id || account.Name!.startsWith(excludedPrefix) || account.State !== 'ACTIVE';
}

function idsOf(accounts: readonly Account[]): string[] {
  return accounts.map(({ Id }) => Id!);
}
