import type { Client } from '@temporalio/client';
import type { Database } from '../../db/client.ts';
import { markSignalled } from '../../db/organizations/mark-signalled.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { keeperRequestOf, wakeKeeperCall } from '../../workflows/contracts/organization-keeper.ts';

/** The part of Temporal's client that wakes keepers. */
export interface KeeperClient {
  workflow: Pick<Client['workflow'], 'signalWithStart'>;
}

/** Signals the keeper that a row of `syncs` is for, starts it if none runs, and records the signal. */
export async function wakeKeeper(client: KeeperClient, db: Database, row: SyncRow): Promise<void> {
  const { workflowType, ...options } = wakeKeeperCall(row.awsOrganizationId, keeperRequestOf(row));
  await client.workflow.signalWithStart(workflowType, options);
  await markSignalled(db, row.id);
}
