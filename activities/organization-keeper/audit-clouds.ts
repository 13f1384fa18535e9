import { sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { recordset } from '../../db/recordset.ts';
import { organizationSyncActor } from '../actor.ts';

/** A sync's changes to a cloud that the audit trail records (S3). */
export type CloudAuditAction = 'cloud.added' | 'cloud.taken_over' | 'cloud.removed' | 'cloud.released' | 'cloud.returned';

/** Writes one line per cloud, in the transaction that changed it. */
export async function auditClouds(
  tx: Transaction,
  action: CloudAuditAction,
  { syncId, organizationId }: { syncId: string; organizationId: string },
  clouds: readonly { id: string; accountId: string; detail?: object }[],
): Promise<void> {
  if (clouds.length === 0) return;
  const { type, id, name } = organizationSyncActor;
  const lines = clouds.map((cloud) => ({
    id: newId(),
    cloudId: cloud.id,
    detail: { accountId: cloud.accountId, organizationId, syncId, ...cloud.detail },
  }));
  await tx.execute(sql`
    insert into audit_events (id, actor_type, actor_id, actor_name, action, target_type, target_id, detail)
    select r."id", ${type}, ${id}, ${name}, ${action}, 'cloud', r."cloudId", r."detail"
    from ${recordset('r', lines, { id: 'uuid', cloudId: 'text', detail: 'jsonb' })}`);
}
