import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { syncs } from '../../../db/schema/index.ts';
import { notFound } from '../../problems/errors.ts';
import { shownSyncKinds, type SyncRow } from '../../schemas/sync.ts';

/** A piece of work by id; 404 when there is none, or it is a preview's. */
export async function findSync(db: Queryable, id: string): Promise<SyncRow> {
  const [row] = await db
    .select()
    .from(syncs)
    .where(and(eq(syncs.id, id), inArray(syncs.kind, [...shownSyncKinds])));
  if (!row) throw notFound('sync');
  return row;
}
