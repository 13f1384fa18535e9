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
  /** Nothing may be written for it any more. */
  ended: boolean;
}

/**
 * Opens a piece of work for a transaction that writes for it. The organization's row stays locked until the end: what is
 * written goes by one set of settings, and by credentials that are still in use.
 */
export async function loadSyncForWriting(
  tx: Transaction,
  syncId: string,
  strength: 'share' | 'no key update' = 'share',
): Promise<SyncForWriting> {
  const organization = await lockOrganizationOf(tx, syncId, strength);
  if (organization === undefined) throw organizationRemovedFailure(syncId);
  // Read behind the lock: the removal of an organization takes its syncs along.
  const [sync] = await tx.select().from(syncs).where(eq(syncs.id, syncId));
  if (!sync) throw organizationRemovedFailure(syncId);
  return { sync, organization, ended: isFinalSyncPhase(sync.phase) };
}
