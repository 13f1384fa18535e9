import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { syncs } from '../../db/schema/index.ts';
import type { OrganizationRow, SyncRow } from '../../db/schema/rows.ts';
import { isFinalSyncPhase } from '../../domain/organizations/sync.ts';
import { lockOrganizationOf } from './lock-organization.ts';
import { organizationRemovedFailure } from './organization-removed-failure.ts';

export interface SyncForWriting {
  sync: SyncRow;
  /** Null for the preview of an organization that is not registered. */
  organization: OrganizationRow | null;
  /** Nothing may be written for the sync. */
  ended: boolean;
}

/**
 * Loads a piece of work for a transaction that writes for it. The organization's row stays locked until the end, so
 * that one set of settings applies and the credentials stay in use.
 */
export async function loadSyncForWriting(
  tx: Transaction,
  syncId: string,
  strength: 'share' | 'no key update' = 'share',
): Promise<SyncForWriting> {
  const organization = await lockOrganizationOf(tx, syncId, strength);
  if (organization === undefined) throw organizationRemovedFailure(syncId);
  // Read after the lock, because the removal of an organization deletes its syncs.
  const [sync] = await tx.select().from(syncs).where(eq(syncs.id, syncId));
  if (!sync) throw organizationRemovedFailure(syncId);
  return { sync, organization, ended: isFinalSyncPhase(sync.phase) };
}
