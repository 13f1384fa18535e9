import type { Client } from '@temporalio/client';
import { and, isNotNull, sql } from 'drizzle-orm';
import { findUnchecked } from '../../../db/clouds/find-unchecked.ts';
import type { Database } from '../../../db/client.ts';
import { syncAccounts } from '../../../db/schema/index.ts';
import { cloudRecheckStart } from '../../../workflows/contracts/cloud-recheck.ts';
import type { AccountRange } from '../../../workflows/contracts/organization-sync.ts';
import { inRange } from '../plan/slice/load-slice.ts';
import { removeClouds } from './remove-clouds.ts';

/** The part of Temporal's client that starts checks. */
export interface CheckClient {
  workflow: Pick<Client['workflow'], 'start'>;
}

/**
 * Removes clouds, and starts a check of each cloud whose own credentials returned (O11). A check that cannot start is left to
 * the reconciler. A second run starts the checks that a first one did not.
 */
export async function removeAndCheckClouds(
  db: Database,
  client: CheckClient,
  input: AccountRange & { onlyConfirmed?: boolean },
): Promise<{ removed: number; released: number }> {
  const counts = await removeClouds(db, input);
  const released = await db
    .select({ accountId: syncAccounts.accountId })
    .from(syncAccounts)
    .where(and(inRange(input), isNotNull(syncAccounts.appliedAt), sql`${syncAccounts.removal}->>'effect' = 'release'`));
  const unchecked = await findUnchecked(
    db,
    released.map(({ accountId }) => accountId),
  );
  await Promise.allSettled(
    unchecked.map(async (cloud) => {
      // A running check used the organization's credentials.
      const { workflowType, ...start } = cloudRecheckStart(cloud, 'replace');
      await client.workflow.start(workflowType, start);
    }),
  );
  return counts;
}
