import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import { loadSyncForWriting } from '../../organization-keeper/load-sync-for-writing.ts';

/** Fills a badging run's rows with the organization's clouds, once. */
export async function prepareBadging(db: Database, { syncId }: { syncId: string }): Promise<{ lastNumber: number }> {
  return await db.transaction(async (tx) => {
    const { organization, ended } = await loadSyncForWriting(tx, syncId);
    const [run] = await tx.select().from(syncs).where(eq(syncs.id, syncId)).for('no key update');
    if (ended || !organization || run!.lastAccountNumber > 0) return { lastNumber: run!.lastAccountNumber };
    const filled = await tx.execute(sql`
      insert into sync_accounts (sync_id, account_id, number, name, state, check_state, path)
      select ${syncId}::uuid, account_id, row_number() over (order by account_id), coalesce(name, account_id),
        case status when 'suspended' then 'suspended' else 'active' end, 'skipped', organization_path
      from clouds where organization_id = ${organization.id}`);
    await tx.update(syncs).set({ lastAccountNumber: filled.count, updatedAt: new Date() }).where(eq(syncs.id, syncId));
    return { lastNumber: filled.count };
  });
}
