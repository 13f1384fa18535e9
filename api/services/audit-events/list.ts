import { and, desc, eq } from 'drizzle-orm';
import { auditEvents } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { toAuditEvent, type AuditEvent } from '../../schemas/audit-event.ts';
import { afterTimeCursor, timePosition } from '../lists/by-time.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';

export interface AuditFilter extends PageRequest {
  action?: string | undefined;
  targetType?: string | undefined;
  targetId?: string | undefined;
}

/** The audit trail, newest first (S3). */
export async function listAuditEvents(call: Call, filter: AuditFilter): Promise<Page<AuditEvent>> {
  const { db } = call.deps.database;
  const list = 'audit-events';
  const { action, targetType, targetId } = filter;
  const matching = and(
    action === undefined ? undefined : eq(auditEvents.action, action),
    targetType === undefined ? undefined : eq(auditEvents.targetType, targetType),
    targetId === undefined ? undefined : eq(auditEvents.targetId, targetId),
  );
  const after = afterTimeCursor(list, filter.cursor, { time: auditEvents.at, id: auditEvents.id }, 'newest_first');
  const rows = await db
    .select()
    .from(auditEvents)
    .where(and(matching, after))
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .limit(filter.limit + 1);
  return toPage(rows, filter, await db.$count(auditEvents, matching), list, (row) => timePosition(row.at, row.id), toAuditEvent);
}
