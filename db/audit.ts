import type { Queryable } from './client.ts';
import { newId } from './ids.ts';
import { auditEvents } from './schema/index.ts';

/** The author of a change: the holder of an API key, or Muster itself. */
export type Actor = { type: 'api_key'; id: string; name: string } | { type: 'system'; id: string; name: string };

export interface AuditEntry {
  actor: Actor;
  /** The kind of target and the change, such as cloud.renamed. */
  action: string;
  target: { type: string; id: string };
  /** The changes; never a secret. */
  detail?: Record<string, unknown>;
  /** Id of the API call that caused the change. */
  requestId?: string;
}

/** Adds one line to the audit trail, in the transaction of the change that it records (S3). */
export async function writeAudit(tx: Queryable, entry: AuditEntry): Promise<void> {
  await tx.insert(auditEvents).values({
    id: newId(),
    actorType: entry.actor.type,
    actorId: entry.actor.id,
    actorName: entry.actor.name,
    action: entry.action,
    targetType: entry.target.type,
    targetId: entry.target.id,
    detail: entry.detail ?? {},
    requestId: entry.requestId ?? null,
  });
}
