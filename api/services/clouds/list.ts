import { and, asc, eq, exists, inArray, type SQL } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { badges, clouds } from '../../../db/schema/index.ts';
import type { BadgeFilter } from '../../../domain/badges/badge.ts';
import type { CloudStatus } from '../../../domain/clouds/status.ts';
import type { Call } from '../../context.ts';
import { toCloud, type Cloud } from '../../schemas/cloud.ts';
import { afterTimeCursor, timePosition } from '../lists/by-time.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';
import { contains } from '../lists/search.ts';

export interface CloudFilter extends PageRequest {
  /** Part of the nickname, account name or account id. */
  search?: string | undefined;
  status?: CloudStatus[] | undefined;
  organizationId?: string | undefined;
  /** All must hold (B1). */
  badge?: BadgeFilter[] | undefined;
}

/** The clouds listing, oldest first (C1). */
export async function listClouds(call: Call, filter: CloudFilter): Promise<Page<Cloud>> {
  const { db } = call.deps.database;
  const list = 'clouds';
  const matching = and(
    contains(filter.search, [clouds.nickname, clouds.accountId, clouds.name]),
    filter.status ? inArray(clouds.status, filter.status) : undefined,
    filter.organizationId ? eq(clouds.organizationId, filter.organizationId) : undefined,
    ...(filter.badge ?? []).map((badge) => hasBadge(db, badge)),
  );
  const behind = afterTimeCursor(list, filter.cursor, { time: clouds.createdAt, id: clouds.id }, 'oldest_first');
  const rows = await db
    .select()
    .from(clouds)
    .where(and(matching, behind))
    .orderBy(asc(clouds.createdAt), asc(clouds.id))
    .limit(filter.limit + 1);
  return toPage(rows, filter, await db.$count(clouds, matching), list, (row) => timePosition(row.createdAt, row.id), toCloud);
}

function hasBadge(db: Database, { key, value }: BadgeFilter): SQL {
  return exists(
    db
      .select({ key: badges.key })
      .from(badges)
      .where(and(eq(badges.cloudId, clouds.id), eq(badges.key, key), eq(badges.value, value))),
  );
}
