import { and, eq } from 'drizzle-orm';
import { badges } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { notFound } from '../../problems/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { lockCloud } from '../clouds/find.ts';
import { refuseReserved } from './reserved.ts';

/** Removes a badge from a cloud (B3). Throws not_found, badge_is_reserved. */
export async function deleteBadge(call: Call, cloudId: string, key: string): Promise<void> {
  await call.deps.database.db.transaction(async (tx) => {
    await lockCloud(tx, cloudId);
    await refuseReserved(tx, cloudId, key, 'delete');
    const deleted = await tx
      .delete(badges)
      .where(and(eq(badges.cloudId, cloudId), eq(badges.key, key)))
      .returning({ value: badges.value });
    if (deleted.length === 0) throw notFound(`The cloud has no badge "${key}".`);
    await recordAudit(tx, call, {
      action: 'cloud.badge_deleted',
      target: { type: 'cloud', id: cloudId },
      detail: { key, value: deleted[0]!.value },
    });
  });
}
