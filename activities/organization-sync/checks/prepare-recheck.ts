import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { clouds, organizationalUnits, syncAccounts, syncs } from '../../../db/schema/index.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/**
 * Fills a recheck's rows with the organization's clouds that are not ok. Suspended clouds are never checked (C2). A
 * second run returns the existing rows. Each cloud's place comes from the organization's tree, for the simulator's
 * condition keys.
 */
export async function prepareRecheck(db: Database, { syncId }: { syncId: string }): Promise<{ lastNumber: number }> {
  return await db.transaction(async (tx) => {
    const [sync] = await tx
      .select({ organizationId: syncs.organizationId, lastNumber: syncs.lastAccountNumber })
      .from(syncs)
      .where(eq(syncs.id, syncId))
      .for('update');
    if (!sync?.organizationId) throw organizationRemovedFailure(syncId);
    if (sync.lastNumber > 0) return { lastNumber: sync.lastNumber };
    const { organizationId } = sync;
    const rows = await tx.execute(sql`
      with recursive unit as (
        select ou_id, array[ou_id] as ancestors from ${organizationalUnits}
        where organization_id = ${organizationId} and parent_id is null
        union all
        select child.ou_id, unit.ancestors || child.ou_id from ${organizationalUnits} as child
        join unit on child.parent_id = unit.ou_id
        where child.organization_id = ${organizationId}
      )
      insert into ${syncAccounts} (sync_id, account_id, number, name, state, ancestors)
      select ${syncId}, cloud.account_id, row_number() over (order by cloud.account_id),
        coalesce(cloud.name, cloud.account_id), 'active', unit.ancestors
      from ${clouds} as cloud
      left join unit on unit.ou_id = cloud.organization_parent_id
      where cloud.organization_id = ${organizationId} and cloud.status not in ('ok', 'suspended')`);
    const lastNumber = rows.count;
    await tx.update(syncs).set({ lastAccountNumber: lastNumber, updatedAt: new Date() }).where(eq(syncs.id, syncId));
    return { lastNumber };
  });
}
