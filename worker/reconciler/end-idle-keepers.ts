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
 * Tells the keepers of organizations that are gone, and for which nothing waits, because whoever removed one could not.
 * They look for themselves whether that is so: one whose organization was just added again goes on.
 */
export const endIdleKeepers: ReconcilerJob = {
  name: 'end-idle-keepers',
  async run(context) {
    await notifyStrandedRuns(context, {
      query: runningKeepers,
      wanted: async () => {
        const { db } = context;
        const registered = db.select({ id: cloudOrganizations.awsOrganizationId }).from(cloudOrganizations);
        const waitedFor = db.select({ id: syncs.awsOrganizationId }).from(syncs).where(inArray(syncs.phase, openSyncPhases));
        const rows = await registered.union(waitedFor);
        return new Set(rows.map(({ id }) => organizationWorkflowId(id)));
      },
      notify: (keeper) => keeper.signal(organizationRemovedSignal, { organizationId: null }),
      message: 'told a keeper that its organization is gone',
    });
  },
};
