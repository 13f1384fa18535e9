import { and, asc, eq, exists, inArray, sql, type SQL } from 'drizzle-orm';
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
/** Maximum number of badges that are joined one by one. */
const maxJoinedBadges = 4;

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
    hasBadges(db, clouds.id, badge),
  );
}

/** The number of clouds with all the badges, from the badges' index alone. Null if the filter contains more than badges. */
function countByBadges(db: Database, { search, status, organizationId, badge: [first, ...others] = [] }: CloudFilter) {
  if (!first || search || status || organizationId) return null;
  return db.$count(badges, and(eq(badges.key, first.key), eq(badges.value, first.value), hasBadges(db, badges.cloudId, others)));
}

/**
 * The condition for clouds with all the badges. Each of the first badges is a join of its own, which the badges' index
 * serves best. One subquery counts all others, because Postgres plans twelve joins and more for seconds.
 */
function hasBadges(db: Database, cloudId: PgColumn, wanted: readonly BadgeFilter[]): SQL | undefined {
  const distinct = [...new Map(wanted.map((one) => [JSON.stringify([one.key, one.value]), one])).values()];
  const [joined, counted] = [distinct.slice(0, maxJoinedBadges), distinct.slice(maxJoinedBadges)];
  return and(
    ...joined.map((one) => hasBadge(db, cloudId, one)),
    counted.length === 0 ? undefined : sql`(${countOf(db, cloudId, counted)}) = ${counted.length}`,
  );
}

/** The number of the given badges that a cloud has. */
function countOf(db: Database, cloudId: PgColumn, wanted: readonly BadgeFilter[]) {
  const pairs = wanted.map(({ key, value }) => sql`(${key}, ${value})`);
  return db
    .select({ count: sql`count(*)` })
    .from(inner)
    .where(and(eq(inner.cloudId, cloudId), sql`(${inner.key}, ${inner.value}) in (${sql.join(pairs, sql`, `)})`));
}

function hasBadge(db: Database, cloudId: PgColumn, { key, value }: BadgeFilter): SQL {
  return exists(
    db
      .select({ key: inner.key })
      .from(inner)
      .where(and(eq(inner.cloudId, cloudId), eq(inner.key, key), eq(inner.value, value))),
  );
}
