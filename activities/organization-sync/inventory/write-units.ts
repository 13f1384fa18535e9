import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { syncAccounts, syncOrganizationalUnits } from '../../../db/schema/index.ts';
import type { TreeNode } from '../../../domain/organizations/tree.ts';

/** Writes roots or units. A unit listed under two parents was moved during the listing: the later answer is stored. */
export async function writeUnits(tx: Transaction, syncId: string, units: readonly TreeNode[]): Promise<void> {
  if (units.length === 0) return;
  await tx
    .insert(syncOrganizationalUnits)
    .values(units.map(({ id, name, parentId }) => ({ syncId, ouId: id, name, parentId })))
    .onConflictDoUpdate({
      target: [syncOrganizationalUnits.syncId, syncOrganizationalUnits.ouId],
      set: { name: sql`excluded.name`, parentId: sql`excluded.parent_id` },
    });
}

/** Deletes the children of a parent whose listing restarts. */
export async function dropUnits(tx: Transaction, syncId: string, parentId: string): Promise<void> {
  await tx
    .delete(syncOrganizationalUnits)
    .where(and(eq(syncOrganizationalUnits.syncId, syncId), eq(syncOrganizationalUnits.parentId, parentId)));
}

/** Writes the places of accounts that AWS listed without one. */
export async function placeAccounts(
  tx: Transaction,
  { syncId, accountIds, ancestors }: { syncId: string; accountIds: readonly string[]; ancestors: string[] },
): Promise<void> {
  if (accountIds.length === 0) return;
  await tx
    .update(syncAccounts)
    .set({ ancestors })
    .where(and(eq(syncAccounts.syncId, syncId), inArray(syncAccounts.accountId, [...accountIds])));
}
