import type { Client } from '@temporalio/client';
import { inArray } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import {
  organizationKeeperName,
  organizationRemovedSignal,
  organizationWorkflowId,
} from '../../workflows/contracts/organization-keeper.ts';
import { tellStranded } from './tell-stranded.ts';

const runningKeepers = `WorkflowType = '${organizationKeeperName}' AND ExecutionStatus = 'Running'`;

/**
 * Tells the keepers of organizations that are gone, and for which nothing waits, because whoever removed one could not.
 * They look for themselves whether that is so: one whose organization was just added again goes on.
 */
export async function endIdleKeepers(client: Client, db: Database, logger: Logger): Promise<void> {
  const told = await tellStranded(client, {
    query: runningKeepers,
    wanted: async () => {
      const registered = db.select({ id: cloudOrganizations.awsOrganizationId }).from(cloudOrganizations);
      const waitedFor = db.select({ id: syncs.awsOrganizationId }).from(syncs).where(inArray(syncs.phase, openSyncPhases));
      const rows = await registered.union(waitedFor);
      return new Set(rows.map(({ id }) => organizationWorkflowId(id)));
    },
    tell: (keeper) => keeper.signal(organizationRemovedSignal, { organizationId: null }),
  });
  for (const workflowId of told) logger.info({ workflowId }, 'told a keeper that its organization is gone');
}
