import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { requestWork } from '../../db/organizations/request-work.ts';
import { cloudOrganizations } from '../../db/schema/index.ts';
import type { ScheduleTickInput, ScheduleTickResult } from '../../workflows/contracts/schedule-tick.ts';
import { wakeKeeper, type KeeperClient } from './wake-keeper.ts';

/** Requests scheduled work from an organization's keeper, or joins work that covers it. Null if the organization is gone. */
export async function requestScheduledWork(
  db: Database,
  client: KeeperClient,
  { organizationId, kind }: ScheduleTickInput,
): Promise<ScheduleTickResult> {
  const row = await db.transaction(async (tx) => {
    const [organization] = await tx.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, organizationId)).for('update');
    return organization ? await requestWork(tx, organization, { kind, trigger: 'schedule' }) : null;
  });
  if (!row) return { syncId: null };
  if (row.phase === 'queued') await wakeKeeper(client, db, row);
  return { syncId: row.id };
}
