import { and, asc, eq, exists, inArray, type SQL } from 'drizzle-orm';
import { alias, type PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../../../db/client.ts';
import { findAcknowledgedWarnings } from '../../../db/clouds/acknowledged-warnings.ts';
import { badges, clouds } from '../../../db/schema/index.ts';
import type { BadgeFilter } from '../../../domain/badges/badge.ts';
import type { CloudStatus } from '../../../domain/clouds/status.ts';
import type { Call } from '../../context.ts';
import { toCloud, type Cloud } from '../../schemas/cloud.ts';
import { afterIdCursor } from '../lists/by-id.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';
import { contains } from '../lists/search.ts';

export interface CloudFilter extends PageRequest {
  /** Part of the nickname, of the account name or of the account id. */
  search?: string | undefined;
  status?: CloudStatus[] | undefined;
  organizationId?: string | undefined;
  /** A cloud must have all of these badges (B1). */
  badge?: BadgeFilter[] | undefined;
}

const inner = alias(badges, 'badge');

/**
 * The clouds, oldest first (C1). The order is by id, like the order within a badge in the badges' index. A page of a
 * common badge then comes from the index, without a sort and without reading other clouds.
 */
export async function listClouds(call: Call, filter: CloudFilter): Promise<Page<Cloud>> {
  const { db } = call.deps.database;
  const list = 'clouds';
  const matching = matchingClouds(db, filter);
  const rows = await db
    .select()
    .from(clouds)
    .where(and(matching, afterIdCursor(list, filter.cursor, clouds.id)))
    .orderBy(asc(clouds.id))
    .limit(filter.limit + 1);
  // For a rare badge, the count takes as long as the page. A complete first page makes it unnecessary.
  const isAll = filter.cursor === undefined && rows.length <= filter.limit;
  const total = isAll ? rows.length : await (countByBadges(db, filter) ?? db.$count(clouds, matching));
  const warned = rows.filter(({ warnings }) => warnings.length > 0).map(({ id }) => id);
  const acknowledged = await findAcknowledgedWarnings(db, warned);
  return toPage(
    rows,
    filter,
    total,
    list,
    ({ id }) => [id],
    (row) => toCloud(row, acknowledged.get(row.id)),
  );
}

function matchingClouds(db: Database, { search, status, organizationId, badge = [] }: CloudFilter): SQL | undefined {
  return and(
    contains(search, [clouds.nickname, clouds.accountId, clouds.name]),
    status ? inArray(clouds.status, status) : undefined,
    organizationId ? eq(clouds.organizationId, organizationId) : undefined,
    ...badge.map((one) => hasBadge(db, clouds.id, one)),
  );
}

/** The number of clouds with all the badges, from the badges' index alone. Null if the filter contains more than badges. */
function countByBadges(db: Database, { search, status, organizationId, badge: [first, ...others] = [] }: CloudFilter) {
  if (!first || search || status || organizationId) return null;
  return db.$count(
    badges,
    and(eq(badges.key, first.key), eq(badges.value, first.value), ...others.map((one) => hasBadge(db, badges.cloudId, one))),
  );
}

function hasBadge(db: Database, cloudId: PgColumn, { key, value }: BadgeFilter): SQL {
  return exists(
    db
      .select({ key: inner.key })
      .from(inner)
      .where(and(eq(inner.cloudId, cloudId), eq(inner.key, key), eq(inner.value, value))),
  );
}
