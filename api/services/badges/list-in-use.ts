import { asc, count, eq, sql } from 'drizzle-orm';
import { badges } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { decodeCursor, toPage, type Page, type PageRequest } from '../lists/page.ts';

/** A badge that at least one cloud has. */
export interface BadgeInUse {
  key: string;
  value: string;
  /** Number of clouds with this badge. */
  count: number;
}

export interface BadgesInUseFilter extends PageRequest {
  key?: string | undefined;
}

/** The badges in use, sorted by key and value (B1): the choices for a filter of clouds. */
export async function listBadgesInUse(call: Call, filter: BadgesInUseFilter): Promise<Page<BadgeInUse>> {
  const { db } = call.deps.database;
  const list = 'badges-in-use';
  const after = decodeCursor(list, filter.cursor, (position) => position.length === 2);
  const inUse = db
    .select({ key: badges.key, value: badges.value, count: count().as('count') })
    .from(badges)
    .where(filter.key === undefined ? undefined : eq(badges.key, filter.key))
    .groupBy(badges.key, badges.value)
    .as('in_use');
  const rows = await db
    .select()
    .from(inUse)
    .where(after ? sql`(${inUse.key}, ${inUse.value}) > (${after[0]}, ${after[1]})` : undefined)
    .orderBy(asc(inUse.key), asc(inUse.value))
    .limit(filter.limit + 1);
  return toPage(
    rows,
    filter,
    await db.$count(inUse),
    list,
    (row) => [row.key, row.value],
    (row) => row,
  );
}
