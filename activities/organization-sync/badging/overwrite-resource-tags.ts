import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { inIds } from '../../../db/in-ids.ts';
import { recordset } from '../../../db/recordset.ts';
import { resourceTags } from '../../../db/schema/index.ts';

/** Tags by cloud. */
export type StoredTags = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The stored resource tags of clouds. */
export async function loadResourceTags(tx: Transaction, cloudIds: readonly string[]): Promise<StoredTags> {
  const rows = await tx
    .select({ cloudId: resourceTags.cloudId, key: resourceTags.key, value: resourceTags.value })
    .from(resourceTags)
    .where(inIds(resourceTags.cloudId, cloudIds));
  const stored = new Map<string, Map<string, string>>();
  for (const { cloudId, key, value } of rows) stored.set(cloudId, (stored.get(cloudId) ?? new Map<string, string>()).set(key, value));
  return stored;
}

/**
 * Stage 1 (B4): overwrites the stored tags of each account with the tags that were read. Accounts whose tags were not
 * read keep theirs.
 */
export async function overwriteResourceTags(
  tx: Transaction,
  stored: StoredTags,
  accounts: readonly { cloud: { id: string }; tags: ReadonlyMap<string, string> | null }[],
): Promise<void> {
  const put: { cloudId: string; key: string; value: string }[] = [];
  const gone: { cloudId: string; key: string }[] = [];
  for (const { cloud, tags } of accounts) {
    if (!tags) continue;
    const before = stored.get(cloud.id) ?? new Map<string, string>();
    for (const [key, value] of tags) if (before.get(key) !== value) put.push({ cloudId: cloud.id, key, value });
    for (const key of before.keys()) if (!tags.has(key)) gone.push({ cloudId: cloud.id, key });
  }
  if (gone.length > 0) {
    await tx.execute(sql`
      delete from resource_tags t using ${recordset('r', gone, { cloudId: 'uuid', key: 'text' })}
      where t.cloud_id = r."cloudId" and t.key = r."key"`);
  }
  if (put.length > 0) {
    await tx.execute(sql`
      insert into resource_tags (cloud_id, key, value)
      select r."cloudId", r."key", r."value"
      from ${recordset('r', put, { cloudId: 'uuid', key: 'text', value: 'text' })}
      on conflict (cloud_id, key) do update set value = excluded.value, updated_at = now()`);
  }
}
