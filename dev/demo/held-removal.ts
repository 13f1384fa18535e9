import { removalHoldWorkflowId } from '../../workflows/contracts/removal-hold.ts';
import { expectAccounts, findClouds, type Cloud } from './clouds.ts';
import type { ImportedOrganization } from './organization.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';
import { until } from './until.ts';

/**
 * More accounts leave at once than Muster removes without an operator. The sync holds their removal and does everything else.
 * The operator confirms by API, and Muster removes them. Throws if a cloud is removed too early or not at all.
 */
export async function demonstrateHeldRemoval(stage: Stage, { id, made, administrator }: ImportedOrganization): Promise<void> {
  const { api, print } = stage;
  const clouds = await findClouds(api, { organizationId: id });
  const members = clouds.filter(({ accountId, organizationPath }) => accountId !== made.managementAccountId && organizationPath !== '');
  // The guard (O17) holds more than a tenth, and more than five.
  const leaving = members.slice(0, Math.max(6, Math.floor(clouds.length / 10) + 1));
  const moving = members.at(-1)!;
  print(`at AWS, ${leaving.length} of the ${clouds.length} accounts leave the organization; ${moving.name} moves to its root`);
  for (const { accountId } of leaving) await administrator.dismiss(accountId);
  await administrator.moveToRoot(moving.accountId);

  const { id: syncId } = await api.post<Sync>(`/v1/organizations/${id}/syncs`, {});
  const ended = await followSync(api, syncId, print);
  const held = ended.heldRemovals;
  if (held?.state !== 'waiting' || held.count !== leaving.length || ended.counts['removed'] !== 0) {
    throw new Error(`The removals are not held: ${JSON.stringify({ held, removed: ended.counts['removed'] })}`);
  }
  expectAccounts('While the removals wait, the listing has', await findClouds(api, { organizationId: id }), idsOf(clouds));
  const moved = (await findClouds(api, { search: moving.accountId }))[0]!;
  if (moved.organizationPath !== '') throw new Error(`Account ${moving.accountId} is still shown in ${moved.organizationPath}`);
  print(
    `the sync did everything else: ${moving.name} is in the root now. ${held.count} removals are ${held.state}; all clouds are still listed`,
  );
  print(`  ${whereShown(stage, syncId)}`);

  print('the operator confirms the removals by API');
  await api.post<Sync>(`/v1/syncs/${syncId}/confirm-removals`, { confirm: true });
  const answered = await until('the removals', async () => {
    const sync = await api.get<Sync>(`/v1/syncs/${syncId}`);
    return sync.counts['removed'] === leaving.length && sync;
  });
  const left = clouds.filter((cloud) => !leaving.includes(cloud));
  expectAccounts('After the yes, the listing has', await findClouds(api, { organizationId: id }), idsOf(left));
  print(`${answered.heldRemovals?.state}: ${leaving.length} clouds are removed, ${left.length} remain`);
}

/** The place where an operator finds the hold. */
function whereShown({ stack }: Stage, syncId: string): string {
  const workflowId = removalHoldWorkflowId(syncId);
  if (stack.temporalUiUrl === null) return `the removals wait in Temporal as ${workflowId}`;
  const page = new URL(`/namespaces/${stack.temporalNamespace}/workflows`, stack.temporalUiUrl);
  page.searchParams.set('query', `WorkflowId="${workflowId}"`);
  return `the removals wait in the Temporal UI: ${page.href}`;
}

function idsOf(clouds: readonly Cloud[]): string[] {
  return clouds.map(({ accountId }) => accountId);
}
