import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { inArray } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import { organizationKeeperName, organizationRemoved, organizationWorkflowId } from '../../workflows/contracts/organization-keeper.ts';

const runningKeepers = `WorkflowType = '${organizationKeeperName}' AND ExecutionStatus = 'Running'`;

/**
 * Tells the keepers of organizations that are gone, and for which nothing waits, because whoever removed one could not.
 * They look for themselves whether that is so: one whose organization was just added again goes on.
 */
export async function endIdleKeepers(client: Client, db: Database, logger: Logger): Promise<void> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: runningKeepers })) found.push(workflowId);
  if (found.length === 0) return;
  const registered = db.select({ id: cloudOrganizations.awsOrganizationId }).from(cloudOrganizations);
  const wanted = db.select({ id: syncs.awsOrganizationId }).from(syncs).where(inArray(syncs.phase, openSyncPhases));
  const rows = await registered.union(wanted);
  const kept = new Set(rows.map(({ id }) => organizationWorkflowId(id)));
  for (const workflowId of found.filter((id) => !kept.has(id))) {
    try {
      await client.workflow.getHandle(workflowId).signal(organizationRemoved, { organizationId: null });
      logger.info({ workflowId }, 'told a keeper that its organization is gone');
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
