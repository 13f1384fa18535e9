import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import type { SyncRow } from '../../../db/schema/rows.ts';
import { noneWithId } from '../../problems/errors.ts';
import { shownSyncKinds } from '../../schemas/sync.ts';

/** A sync by id. Throws not_found, also for the work of a preview. */
export async function findSync(db: Queryable, id: string): Promise<SyncRow> {
  const [row] = await db.select().from(syncs).where(isShown(id));
  if (!row) throw noneWithId('sync');
  return row;
}

/** Like findSync, and locks the row until the transaction ends: its phase stays, and no request joins it. */
export async function lockSync(tx: Transaction, id: string): Promise<SyncRow> {
  const [row] = await tx.select().from(syncs).where(isShown(id)).for('no key update');
  if (!row) throw noneWithId('sync');
  return row;
}

function isShown(id: string) {
  return and(eq(syncs.id, id), inArray(syncs.kind, [...shownSyncKinds]));
}
