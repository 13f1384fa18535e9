import { setCurrentDetails } from '@temporalio/workflow';
import type { DelegationCleanUpInput } from './contracts/delegation-clean-up.ts';
import type { TimelineEntry } from './contracts/delegation-onboarding.ts';
import { accountStackRemoval, carryOutRemoval, cannotRemove, memberRolesRemoval } from './delegation-onboarding/removal.ts';
import { registry } from './lib/activity-options.ts';

/**
 * Removes everything of Muster's from the account of a request whose run was ended from outside, while the delegated
 * access lasts. It names what it could not remove (D6, S8).
 */
export async function delegationCleanUp({ requestId, generation, scope, tokenReference, limit }: DelegationCleanUpInput): Promise<void> {
  const run = { requestId, ...(generation === undefined ? {} : { generation }) };
  const removals =
    scope === 'organization' ? [memberRolesRemoval(requestId), accountStackRemoval(requestId)] : [accountStackRemoval(requestId)];
  const timeline: TimelineEntry[] = [];
  for (const removal of removals) {
    setCurrentDetails(`Removing the ${removal.what} from ${removal.where}`);
    const note =
      tokenReference === null
        ? cannotRemove(removal, 'AWS sent no exchange token')
        : await carryOutRemoval(removal, { token: { ...run, tokenReference }, limit });
    timeline.push({ ...note, at: new Date().toISOString() });
  }
  await registry.finishCleanUp({ ...run, timeline });
}
