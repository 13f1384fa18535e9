import type { Queryable } from './client.ts';
import { newId } from './ids.ts';
import { auditEvents } from './schema/index.ts';

/** Who did something: a holder of an API key, or Muster by itself. */
export type Actor = { type: 'api_key'; id: string; name: string } | { type: 'system'; id: string; name: string };

export interface AuditEntry {
  actor: Actor;
  /** Dotted: what was changed and how, such as cloud.renamed. */
  action: string;
  target: { type: string; id: string };
  /** What changed; never a secret. */
  detail?: Record<string, unknown>;
  /** The request id of the API call that asked for it. */
  requestId?: string;
}

/** Writes one line of the audit trail, in the transaction of the change it tells of (S3). */
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
