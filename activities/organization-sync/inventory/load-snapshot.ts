import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { organizationalUnits, syncAccounts, syncOrganizationalUnits } from '../../../db/schema/index.ts';
import type { TreeNode } from '../../../domain/organizations/tree.ts';

/** The distinct places of a snapshot's accounts: ids from the root down. */
export async function loadPlaces(db: Database, syncId: string): Promise<string[][]> {
  const rows = await db
    .selectDistinct({ ancestors: syncAccounts.ancestors })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), isNotNull(syncAccounts.ancestors)));
  return rows.map((row) => row.ancestors!);
}

/** The listed accounts whose place is unknown. */
export async function loadUnplaced(db: Database, syncId: string): Promise<string[]> {
  const rows = await db
    .select({ accountId: syncAccounts.accountId })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), isNotNull(syncAccounts.pass), isNull(syncAccounts.ancestors)))
    .orderBy(syncAccounts.number);
  return rows.map((row) => row.accountId);
}

/** The root and units of a snapshot. */
export async function loadUnits(db: Database, syncId: string): Promise<TreeNode[]> {
  const { ouId, name, parentId } = syncOrganizationalUnits;
  return await db.select({ id: ouId, name, parentId }).from(syncOrganizationalUnits).where(eq(syncOrganizationalUnits.syncId, syncId));
}

/** The units whose names earlier syncs of the organization have seen. */
export async function loadNamedUnits(db: Database, organizationId: string | null): Promise<string[]> {
  if (organizationId === null) return [];
  const rows = await db
    .select({ ouId: organizationalUnits.ouId })
    .from(organizationalUnits)
    .where(eq(organizationalUnits.organizationId, organizationId));
  return rows.map((row) => row.ouId);
}

/** The first accounts with numbers above `after` whose tags are not read yet. */
export async function loadUntagged(
  db: Database,
  { syncId, after, max }: { syncId: string; after: number; max: number },
): Promise<{ accountId: string; number: number }[]> {
  return await db
    .select({ accountId: syncAccounts.accountId, number: syncAccounts.number })
    .from(syncAccounts)
    .where(
      and(
        eq(syncAccounts.syncId, syncId),
        sql`${syncAccounts.number} > ${after}`,
        sql`not exists (select from sync_account_tags t where t.sync_id = ${syncAccounts.syncId} and t.account_id = ${syncAccounts.accountId})`,
      ),
    )
    .orderBy(syncAccounts.number)
    .limit(max);
}
