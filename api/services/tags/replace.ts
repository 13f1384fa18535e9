import { eq } from 'drizzle-orm';
import { resourceTags } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { recordAudit } from '../audit/record.ts';
import { lockCloud } from '../clouds/find.ts';
import { readTags } from './get.ts';

/**
 * Replaces the stored tags of a cloud's account. Muster writes nothing to AWS, and overwrites the tags when it next reads
 * them (B4). Throws not_found.
 */
export async function replaceTags(call: Call, cloudId: string, tags: Record<string, string>): Promise<Record<string, string>> {
  return await call.deps.database.db.transaction(async (tx) => {
    await lockCloud(tx, cloudId);
    const from = await readTags(tx, cloudId);
    await tx.delete(resourceTags).where(eq(resourceTags.cloudId, cloudId));
    const rows = Object.entries(tags).map(([key, value]) => ({ cloudId, key, value }));
    if (rows.length > 0) await tx.insert(resourceTags).values(rows);
    await recordAudit(tx, call, { action: 'cloud.tags_replaced', target: { type: 'cloud', id: cloudId }, detail: { from, to: tags } });
    return await readTags(tx, cloudId);
  });
}
