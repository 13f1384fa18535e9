import { inArray } from 'drizzle-orm';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import {
  organizationKeeperName,
  organizationRemovedSignal,
  organizationWorkflowId,
} from '../../workflows/contracts/organization-keeper.ts';
import type { ReconcilerJob } from './job.ts';
import { notifyStrandedRuns } from './notify-stranded-runs.ts';

const runningKeepers = `WorkflowType = '${organizationKeeperName}' AND ExecutionStatus = 'Running'`;

/**
 * Signals the keepers of removed organizations without queued work, in case the API process that removed one could not. A
 * keeper checks the database itself, and continues if its organization was just added again.
 */
export const endIdleKeepers: ReconcilerJob = {
  name: 'end-idle-keepers',
  async run(context) {
    await notifyStrandedRuns(context, {
      query: runningKeepers,
      needed: async () => {
        const { db } = context;
        const registered = db.select({ id: cloudOrganizations.awsOrganizationId }).from(cloudOrganizations);
        const withWork = db.select({ id: syncs.awsOrganizationId }).from(syncs).where(inArray(syncs.phase, openSyncPhases));
        const rows = await registered.union(withWork);
        return new Set(rows.map(({ id }) => organizationWorkflowId(id)));
      },
      notify: (keeper) => keeper.signal(organizationRemovedSignal, { organizationId: null }),
      message: 'notified a keeper that its organization is gone',
    });
  },
};
