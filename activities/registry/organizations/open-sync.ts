import { eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import { cloudOrganizations, syncs } from '../../../db/schema/index.ts';
import { isFinalSyncPhase } from '../../../domain/organizations/sync.ts';
import { organizationRemoved } from './organization-removed.ts';

export type SyncRow = typeof syncs.$inferSelect;
export type OrganizationRow = typeof cloudOrganizations.$inferSelect;

export interface OpenSync {
  sync: SyncRow;
  /** Null for the preview of an organization that is not registered. */
  organization: OrganizationRow | null;
  /** Nothing may be written for it any more. */
  ended: boolean;
}

/**
 * Opens a piece of work for a transaction that writes for it. The organization's row stays locked against edits and
 * removal until the end: what is written goes by one set of settings, and by credentials that are still in use. It comes
 * before any row of the sync, because the removal of an organization takes its syncs along. Whoever changes the
 * organization itself locks it `for no key update`, so that one does at a time.
 */
export async function openSync(tx: Transaction, syncId: string, strength: 'share' | 'no key update' = 'share'): Promise<OpenSync> {
  const { organizationId } = await readSync(tx, syncId);
  const organization = organizationId === null ? null : await lockOrganization(tx, organizationId, { syncId, strength });
  // Read behind the lock: the removal of an organization takes its syncs along.
  const sync = await readSync(tx, syncId);
  return { sync, organization, ended: isFinalSyncPhase(sync.phase) };
}

async function readSync(db: Queryable, syncId: string): Promise<SyncRow> {
  const [sync] = await db.select().from(syncs).where(eq(syncs.id, syncId));
  if (!sync) throw organizationRemoved(syncId);
  return sync;
}

async function lockOrganization(
  tx: Transaction,
  id: string,
  { syncId, strength }: { syncId: string; strength: 'share' | 'no key update' },
): Promise<OrganizationRow> {
  const [row] = await tx.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, id)).for(strength);
  if (!row) throw organizationRemoved(syncId);
  return row;
}
