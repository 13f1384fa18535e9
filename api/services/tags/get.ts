import { asc, eq } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { resourceTags } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { findCloud } from '../clouds/find.ts';

/** The stored tags of a cloud's account, sorted by key. Throws not_found. */
export async function getTags(call: Call, cloudId: string): Promise<Record<string, string>> {
  await findCloud(call.deps.database.db, cloudId);
  return await readTags(call.deps.database.db, cloudId);
}

export async function readTags(db: Queryable, cloudId: string): Promise<Record<string, string>> {
  const rows = await db.select().from(resourceTags).where(eq(resourceTags.cloudId, cloudId)).orderBy(asc(resourceTags.key));
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}
