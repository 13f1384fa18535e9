import { removalHoldWorkflowId } from '../../workflows/contracts/removal-hold.ts';
import { expectAccounts, findClouds, type Cloud } from './clouds.ts';
import type { ImportedOrganization } from './organization.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';
import { until } from './until.ts';

/**
 * More accounts leave at once than Muster removes without asking: the sync holds their removal and does everything else;
 * a yes by the API removes them. Throws when a cloud goes too early, or does not go.
 */
export async function demonstrateHeldRemoval(stage: Stage, { id, made, administrator }: ImportedOrganization): Promise<void> {
  const { api, tell } = stage;
  const clouds = await findClouds(api, { organizationId: id });
  const members = clouds.filter(({ accountId, organizationPath }) => accountId !== made.managementAccountId && organizationPath !== '');
  // The guard (O17) holds more than a tenth, and more than five.
  const leaving = members.slice(0, Math.max(6, Math.floor(clouds.length / 10) + 1));
  const moving = members.at(-1)!;
  tell(`at AWS, ${leaving.length} of the ${clouds.length} accounts leave the organization; ${moving.name} moves to its root`);
  for (const { accountId } of leaving) await administrator.dismiss(accountId);
  await administrator.moveToRoot(moving.accountId);

  const { id: syncId } = await api.post<Sync>(`/v1/organizations/${id}/syncs`, {});
  const ended = await followSync(api, syncId, tell);
  const held = ended.heldRemovals;
  if (held?.state !== 'waiting' || held.count !== leaving.length || ended.counts['removed'] !== 0) {
    throw new Error(`The removals are not held: ${JSON.stringify({ held, removed: ended.counts['removed'] })}`);
  }
  expectAccounts('While the removals wait, the listing has', await findClouds(api, { organizationId: id }), idsOf(clouds));
  const moved = (await findClouds(api, { search: moving.accountId }))[0]!;
  if (moved.organizationPath !== '') throw new Error(`Account ${moving.accountId} is still shown in ${moved.organizationPath}`);
  tell(`the sync went on: ${moving.name} is shown in the root now. ${held.count} removals are ${held.state}; all clouds are still there`);
  tell(`  ${whereShown(stage, syncId)}`);

  tell('an operator says yes, by the API');
  await api.post<Sync>(`/v1/syncs/${syncId}/confirm-removals`, { confirm: true });
  const answered = await until('the removals', async () => {
    const sync = await api.get<Sync>(`/v1/syncs/${syncId}`);
    return sync.counts['removed'] === leaving.length && sync;
  });
  const left = clouds.filter((cloud) => !leaving.includes(cloud));
  expectAccounts('After the yes, the listing has', await findClouds(api, { organizationId: id }), idsOf(left));
  tell(`${answered.heldRemovals?.state}: the ${leaving.length} clouds are gone, ${left.length} are left`);
}

/** Where an operator sees it waiting. */
function whereShown({ stack }: Stage, syncId: string): string {
  const workflowId = removalHoldWorkflowId(syncId);
  if (stack.temporalUiUrl === null) return `it waits in Temporal as ${workflowId}`;
  const page = new URL(`/namespaces/${stack.temporalNamespace}/workflows`, stack.temporalUiUrl);
  page.searchParams.set('query', `WorkflowId="${workflowId}"`);
  return `it waits in the Temporal UI: ${page.href}`;
}

function idsOf(clouds: readonly Cloud[]): string[] {
  return clouds.map(({ accountId }) => accountId);
}
