import { eq } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { syncOrganizationalUnits, syncPolicies, syncs } from '../../../db/schema/index.ts';
import type { InventoryResult } from '../../../workflows/contracts/organization-sync.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/** Counts the contents of a snapshot. The root is not an organizational unit. */
export async function countInventory(db: Database, syncId: string): Promise<Omit<InventoryResult, 'tagSource'>> {
  const [sync] = await db.select({ lastNumber: syncs.lastAccountNumber }).from(syncs).where(eq(syncs.id, syncId));
  if (!sync) throw organizationRemovedFailure(syncId);
  const units = await db
    .select({ parentId: syncOrganizationalUnits.parentId })
    .from(syncOrganizationalUnits)
    .where(eq(syncOrganizationalUnits.syncId, syncId));
  return {
    lastNumber: sync.lastNumber,
    organizationalUnits: units.filter(({ parentId }) => parentId !== null).length,
    policies: await db.$count(syncPolicies, eq(syncPolicies.syncId, syncId)),
  };
}
