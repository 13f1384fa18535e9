import { and, asc, eq, gt } from 'drizzle-orm';
import { badges } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { toBadge, type Badge } from '../../schemas/badge.ts';
import { findCloud } from '../clouds/find.ts';
import { decodeCursor, toPage, type Page, type PageRequest } from '../lists/page.ts';

/** A cloud's badges, sorted by key (B1, B8). Throws not_found. */
export async function listBadges(call: Call, cloudId: string, page: PageRequest): Promise<Page<Badge>> {
  const { db } = call.deps.database;
  await findCloud(db, cloudId);
  const list = 'badges';
  const ofCloud = eq(badges.cloudId, cloudId);
  const after = decodeCursor(list, page.cursor, (position) => position.length === 1);
  const rows = await db
    .select()
    .from(badges)
    .where(and(ofCloud, after ? gt(badges.key, after[0]!) : undefined))
    .orderBy(asc(badges.key))
    .limit(page.limit + 1);
  return toPage(rows, page, await db.$count(badges, ofCloud), list, (row) => [row.key], toBadge);
}
