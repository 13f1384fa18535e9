import { and, eq } from 'drizzle-orm';
import type { Database, Queryable } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { delegationRequests, notificationInbox } from '../db/schema/index.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import { appendTimeline } from '../db/timeline.ts';
import { isFinalPhase } from '../domain/delegation/states.ts';
import type { DelegationMessage } from './delegation-message.ts';

export type InboxRow = typeof notificationInbox.$inferSelect;

/**
 * Puts a message into the inbox; answers the row, also when the message had come before. A token is kept, sealed, only
 * where a run may still need it (D11).
 */
export async function storeMessage(
  { db, sealer }: { db: Database; sealer: Sealer },
  source: InboxRow['source'],
  messageId: string,
  message: DelegationMessage,
  keepToken: boolean,
): Promise<InboxRow> {
  const id = newId();
  const token = message.type === 'ExchangeToken' && keepToken ? message.token : null;
  const sealed = token === null ? null : await sealer.seal(token, { table: 'notification_inbox', id });
  await db
    .insert(notificationInbox)
    .values({
      id,
      messageId,
      source,
      type: message.type,
      requestId: message.requestId,
      attempt: message.attempt,
      awsRequestId: message.awsRequestId,
      ownerAccountId: message.ownerAccountId,
      awsUpdatedAt: message.updatedAt,
      ...(message.type === 'StateChange'
        ? { awsState: message.state }
        : { tokenExpiresAt: message.expiresAt, sealedToken: sealed?.bytes, tokenKeyId: sealed?.keyId }),
    })
    .onConflictDoNothing({ target: notificationInbox.messageId });
  const [row] = await db.select().from(notificationInbox).where(eq(notificationInbox.messageId, messageId));
  return row!;
}

/** Records a message that moves no request, so that it can be looked up; false when it had come before. */
export async function storeUnusable(db: Queryable, source: InboxRow['source'], messageId: string, reason: string): Promise<boolean> {
  const stored = await db
    .insert(notificationInbox)
    .values({ id: newId(), messageId, source, type: 'unknown', status: 'ignored', ignoredReason: reason, handledAt: new Date() })
    .onConflictDoNothing({ target: notificationInbox.messageId })
    .returning({ id: notificationInbox.id });
  return stored.length > 0;
}

export async function markSignalled(db: Database, rowId: string): Promise<void> {
  await db
    .update(notificationInbox)
    .set({ status: 'signalled', handledAt: new Date() })
    .where(and(eq(notificationInbox.id, rowId), eq(notificationInbox.status, 'received')));
}

/** Whether a request still has a run that a message can reach. */
export async function standingOf(db: Database, requestId: string): Promise<'live' | 'ended' | 'unknown'> {
  const [request] = await db
    .select({ phase: delegationRequests.phase })
    .from(delegationRequests)
    .where(eq(delegationRequests.id, requestId));
  if (!request) return 'unknown';
  return isFinalPhase(request.phase) ? 'ended' : 'live';
}

/** Ends a message that changes nothing: its token is erased, and a request that has ended shows it on its timeline (D3). */
export async function ignoreMessage(db: Database, row: InboxRow, reason: 'request_ended' | 'unknown_request'): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .update(notificationInbox)
      .set({ status: 'ignored', ignoredReason: reason, sealedToken: null, tokenKeyId: null, handledAt: new Date() })
      .where(eq(notificationInbox.id, row.id));
    if (reason === 'request_ended') {
      await appendTimeline(tx, row.requestId!, [
        {
          key: `message/${row.messageId}`,
          at: new Date().toISOString(),
          type: 'late_message',
          message: `AWS told of ${row.awsState ?? 'an exchange token'} after the request had ended. It changed nothing.`,
          detail: {
            awsRequestId: row.awsRequestId,
            attempt: row.attempt,
            awsState: row.awsState,
            updatedAt: row.awsUpdatedAt?.toISOString(),
          },
        },
      ]);
    }
  });
}
