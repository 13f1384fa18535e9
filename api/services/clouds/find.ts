import { eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import { clouds } from '../../../db/schema/index.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import { conflict, noneWithId } from '../../problems/errors.ts';

/** A cloud by id. Throws not_found. */
export async function findCloud(db: Queryable, id: string): Promise<CloudRow> {
  const [row] = await db.select().from(clouds).where(eq(clouds.id, id));
  if (!row) throw noneWithId('cloud');
  return row;
}

/** Like findCloud, and locks the row until the transaction ends. */
export async function lockCloud(tx: Transaction, id: string): Promise<CloudRow> {
  const [row] = await tx.select().from(clouds).where(eq(clouds.id, id)).for('update');
  if (!row) throw noneWithId('cloud');
  return row;
}

/** Throws cloud_is_managed if only the organization may change the cloud (O12). */
export function refuseManaged(cloud: CloudRow): void {
  if (cloud.managed) throw conflict('cloud_is_managed', 'An organization manages this cloud. Make the change in the organization instead.');
}
