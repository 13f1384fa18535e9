import type { Client } from '@temporalio/client';
import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { keeperRequest, organizationKeeperStart } from '../../workflows/contracts/organization-keeper.ts';

/** The part of Temporal's client that wakes keepers. */
export interface KeeperClient {
  workflow: Pick<Client['workflow'], 'signalWithStart'>;
}

/** Wakes the keeper that a row of `syncs` is for, starting it where there is none, and notes that it was told. */
export async function wakeKeeper(client: KeeperClient, db: Database, row: SyncRow): Promise<void> {
  const { workflowType, ...start } = organizationKeeperStart(row.awsOrganizationId);
  const { id: syncId, kind, trigger, settingsGeneration } = row;
  await client.workflow.signalWithStart(workflowType, {
    ...start,
    signal: keeperRequest,
    signalArgs: [{ syncId, kind, trigger, settingsGeneration }],
  });
  await db
    .update(syncs)
    .set({ signalledAt: new Date() })
    .where(and(eq(syncs.id, row.id), isNull(syncs.signalledAt)));
}
