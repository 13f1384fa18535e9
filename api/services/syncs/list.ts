import { and, desc, eq, inArray } from 'drizzle-orm';
import { syncs } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { afterTimeCursor, timePosition } from '../lists/by-time.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';
import { findOrganization } from '../organizations/find.ts';

export interface SyncFilter extends PageRequest {
  /** The default is `sync`. */
  kind?: Sync['kind'][] | undefined;
}

/** An organization's syncs, newest first. Muster keeps the last ten. Throws not_found. */
export async function listSyncs(call: Call, organizationId: string, filter: SyncFilter): Promise<Page<Sync>> {
  const { db } = call.deps.database;
  await findOrganization(db, organizationId);
  const list = 'syncs';
  const matching = and(eq(syncs.organizationId, organizationId), inArray(syncs.kind, filter.kind ?? ['sync']));
  const after = afterTimeCursor(list, filter.cursor, { time: syncs.createdAt, id: syncs.id }, 'newest_first');
  const rows = await db
    .select()
    .from(syncs)
    .where(and(matching, after))
    .orderBy(desc(syncs.createdAt), desc(syncs.id))
    .limit(filter.limit + 1);
  return toPage(rows, filter, await db.$count(syncs, matching), list, (row) => timePosition(row.createdAt, row.id), toSync);
}
