import { z } from '@hono/zod-openapi';
import type { AuditEventRow } from '../../db/schema/rows.ts';
import { timestamp } from './fields.ts';

/** An entry of the audit trail: who did what, and when (S3). */
export const auditEventSchema = z
  .object({
    id: z.guid(),
    at: timestamp,
    actor: z.object({ type: z.enum(['api_key', 'system']), id: z.string(), name: z.string() }),
    action: z.string(),
    target: z.object({ type: z.string(), id: z.string() }),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable().openapi({ description: 'X-Request-Id of the call. Null if there was no call.' }),
  })
  .openapi('AuditEvent');

export type AuditEvent = z.infer<typeof auditEventSchema>;

export function toAuditEvent(row: AuditEventRow): AuditEvent {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actorType, id: row.actorId, name: row.actorName },
    action: row.action,
    target: { type: row.targetType, id: row.targetId },
    detail: row.detail,
    requestId: row.requestId,
  };
}
