import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { failure } from '../../failures.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/** The sync that a snapshot belongs to, and the attempt that writes it. */
export interface InventoryAttempt {
  syncId: string;
  attempt: number;
}

/**
 * Writes to a snapshot in one transaction. Fails with a conflict if a later attempt has begun: a worker that lost its
 * attempt without noticing must not write between the pages of the next one.
 */
export async function inAttempt<T>(
  db: Database,
  { syncId, attempt }: InventoryAttempt,
  write: (tx: Transaction, sync: { lastAccountNumber: number }) => Promise<T>,
): Promise<T> {
  return await db.transaction(async (tx) => {
    const [sync] = await tx
      .select({ attempt: syncs.inventoryAttempt, lastAccountNumber: syncs.lastAccountNumber })
      .from(syncs)
      .where(eq(syncs.id, syncId))
      .for('no key update');
    if (!sync) throw organizationRemovedFailure(syncId);
    if (sync.attempt !== attempt) {
      throw failure(failureTypes.conflict, `Attempt ${attempt} at the inventory ${syncId} was superseded by attempt ${sync.attempt}`, {
        code: 'inventory_overtaken',
      });
    }
    return await write(tx, sync);
  });
}
