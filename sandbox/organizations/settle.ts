/** Completes the creation and the closure of accounts when they are due. */
import { controlState } from '../control/state.ts';
import type { World } from '../core/world.ts';
import { addAccount } from './add-account.ts';
import { treeChanged } from './listing.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';

/** Brings an organization up to the present. */
export function settle(world: World, organization: Organization): void {
  const now = Date.now();
  for (const creation of organization.creations.values()) {
    if (creation.state !== 'IN_PROGRESS' || creation.dueAt > now) continue;
    const added = addAccount(world, organization, creation);
    Object.assign(creation, added, { state: 'accountId' in added ? 'SUCCEEDED' : 'FAILED', completedAt: now });
    world.touch(organizationsState);
  }
  for (const id of organization.closing) {
    const account = organization.accounts.get(id);
    if (account && account.closedAt! + controlState.of(world).limits.stackStepMs > now) continue;
    if (account) account.state = 'CLOSED';
    organization.closing.delete(id);
    treeChanged(organization);
    world.touch(organizationsState);
  }
}
