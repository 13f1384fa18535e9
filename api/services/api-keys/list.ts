import { and, asc, isNull } from 'drizzle-orm';
import { apiKeys } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { toApiKey, type ApiKey } from '../../schemas/api-key.ts';
import { afterTimeCursor, timePosition } from '../lists/by-time.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';

/** The valid API keys, oldest first, without the keys themselves (S3). */
export async function listApiKeys(call: Call, page: PageRequest): Promise<Page<ApiKey>> {
  const { db } = call.deps.database;
  const list = 'api-keys';
  const valid = isNull(apiKeys.revokedAt);
  const after = afterTimeCursor(list, page.cursor, { time: apiKeys.createdAt, id: apiKeys.id }, 'oldest_first');
  const rows = await db
    .select()
    .from(apiKeys)
    .where(and(valid, after))
    .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
    .limit(page.limit + 1);
  return toPage(rows, page, await db.$count(apiKeys, valid), list, (row) => timePosition(row.createdAt, row.id), toApiKey);
}
