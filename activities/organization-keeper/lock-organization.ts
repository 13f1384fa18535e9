import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';
import type { OrganizationRow } from '../../db/schema/rows.ts';

/**
 * Locks the organization of a piece of work against edits and removal until the transaction ends. Lock it before any
 * row of the work, because the removal of an organization deletes its syncs. A transaction that changes the
 * organization locks it `no key update`, so that only one does at a time. Null for work without an organization, such
 * as a preview of an unregistered one. Undefined if the work or its organization is gone.
 */
export async function lockOrganizationOf(
  tx: Transaction,
  syncId: string,
  strength: 'share' | 'no key update',
): Promise<OrganizationRow | null | undefined> {
  const [sync] = await tx.select({ organizationId: syncs.organizationId }).from(syncs).where(eq(syncs.id, syncId));
  if (!sync) return undefined;
  if (sync.organizationId === null) return null;
  const [row] = await tx.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, sync.organizationId)).for(strength);
  return row;
}
