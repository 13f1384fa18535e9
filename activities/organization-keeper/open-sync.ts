import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import type { OrganizationRow, SyncRow } from '../../db/schema/rows.ts';
import { isFinalSyncPhase } from '../../domain/organizations/sync.ts';
import { lockOrganizationOf } from './lock-organization.ts';
import { organizationRemoved } from './organization-removed.ts';

export interface OpenSync {
  sync: SyncRow;
  /** Null for the preview of an organization that is not registered. */
  organization: OrganizationRow | null;
  /** Nothing may be written for it any more. */
  ended: boolean;
}

/**
 * Opens a piece of work for a transaction that writes for it. The organization's row stays locked until the end: what is
 * written goes by one set of settings, and by credentials that are still in use.
 */
export async function openSync(tx: Transaction, syncId: string, strength: 'share' | 'no key update' = 'share'): Promise<OpenSync> {
  const organization = await lockOrganizationOf(tx, syncId, strength);
  if (organization === undefined) throw organizationRemoved(syncId);
  // Read behind the lock: the removal of an organization takes its syncs along.
  const [sync] = await tx.select().from(syncs).where(eq(syncs.id, syncId));
  if (!sync) throw organizationRemoved(syncId);
  return { sync, organization, ended: isFinalSyncPhase(sync.phase) };
}
