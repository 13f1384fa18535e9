import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { cloudOrganizations, syncs } from '../../../db/schema/index.ts';
import type { SyncTrigger } from '../../../domain/organizations/sync.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/** The facts of one attempt at an inventory. */
export interface InventoryFacts {
  syncId: string;
  /** The number of the attempt, from 1. Each write checks it. */
  attempt: number;
  trigger: SyncTrigger;
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  /** Null for the preview of an organization that is not registered. */
  organizationId: string | null;
  credentialSetId: string;
  /** The highest account number from an earlier attempt or a preparation. */
  lastNumber: number;
  /** Whether an earlier attempt has listed all accounts. */
  accountsListed: boolean;
}

/** Begins an attempt. Writes of earlier attempts fail from now on. */
export async function beginInventory(db: Database, syncId: string): Promise<InventoryFacts> {
  return await db.transaction(async (tx) => {
    const [sync] = await tx
      .update(syncs)
      .set({ inventoryAttempt: sql`${syncs.inventoryAttempt} + 1` })
      .where(eq(syncs.id, syncId))
      .returning();
    if (!sync) throw organizationRemovedFailure(syncId);
    const [organization] = sync.organizationId
      ? await tx
          .select({ credentialSetId: cloudOrganizations.credentialSetId })
          .from(cloudOrganizations)
          .where(eq(cloudOrganizations.id, sync.organizationId))
      : [];
    const credentialSetId = organization?.credentialSetId ?? sync.credentialSetId;
    if (!credentialSetId) throw organizationRemovedFailure(syncId);
    return {
      syncId,
      attempt: sync.inventoryAttempt,
      trigger: sync.trigger,
      awsOrganizationId: sync.awsOrganizationId,
      organizationId: sync.organizationId,
      credentialSetId,
      lastNumber: sync.lastAccountNumber,
      accountsListed: sync.listingCompletedAt !== null,
    };
  });
}
