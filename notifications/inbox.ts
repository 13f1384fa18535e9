import { and, eq } from 'drizzle-orm';
import type { Database, Queryable, Transaction } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { appendLateMessages } from '../db/late-messages.ts';
import { delegationRequests, notificationInbox } from '../db/schema/index.ts';
import type { InboxRow } from '../db/schema/rows.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import { appendTimeline } from '../db/timeline.ts';
import { isFinalPhase } from '../domain/delegation/states.ts';
import type { DelegationMessage, UnusableMessage } from './delegation-message.ts';

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
export async function storeUnusable(
  db: Queryable,
  source: InboxRow['source'],
  messageId: string,
  reason: string,
  about?: UnusableMessage['about'],
): Promise<boolean> {
  const stored = await db
    .insert(notificationInbox)
    .values({ id: newId(), messageId, source, type: 'unknown', ...about, status: 'ignored', ignoredReason: reason, handledAt: new Date() })
    .onConflictDoNothing({ target: notificationInbox.messageId })
    .returning({ id: notificationInbox.id });
  return stored.length > 0;
}

/** The same for one that was not understood; the request that it names, if any, shows it on its timeline (D3). */
export async function storeNotUnderstood(
  db: Database,
  source: InboxRow['source'],
  messageId: string,
  { unusable, about }: UnusableMessage,
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    if (about) {
      const { requestId, ...detail } = about;
      const message = `AWS told of this request what Muster does not understand. It changed nothing: ${unusable}.`;
      const key = `message/${messageId}`;
      await appendTimeline(tx, requestId, [{ key, at: new Date().toISOString(), type: 'unknown_message', message, detail }]);
    }
    return await storeUnusable(tx, source, messageId, unusable, about);
  });
}

/**
 * Marks a message whose run was told. A run that ended meanwhile writes nothing any more, so then the message is set aside
 * like any that came after the end; until the request's row is free, it is not known which.
 */
export async function markSignalled(db: Database, row: InboxRow): Promise<'signalled' | 'ignored'> {
  return await db.transaction(async (tx) => {
    if ((await standingOf(tx, row.requestId!, { lock: true })) === 'ended') {
      await setAside(tx, row, 'request_ended');
      return 'ignored';
    }
    await tx
      .update(notificationInbox)
      .set({ status: 'signalled', handledAt: new Date() })
      .where(and(eq(notificationInbox.id, row.id), eq(notificationInbox.status, 'received')));
    return 'signalled';
  });
}

/** Whether a request still has a run that a message can reach; with `lock`, that stays so until the transaction ends. */
export async function standingOf(
  db: Queryable,
  requestId: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<'live' | 'ended' | 'unknown'> {
  const query = db.select({ phase: delegationRequests.phase }).from(delegationRequests).where(eq(delegationRequests.id, requestId));
  const [request] = await (lock ? query.for('update') : query);
  if (!request) return 'unknown';
  return isFinalPhase(request.phase) ? 'ended' : 'live';
}

/** Ends a message that changes nothing: its token is erased, and a request that has ended shows it on its timeline (D3). */
export async function ignoreMessage(db: Database, row: InboxRow, reason: 'request_ended' | 'unknown_request'): Promise<void> {
  await db.transaction((tx) => setAside(tx, row, reason));
}

async function setAside(tx: Transaction, row: InboxRow, reason: 'request_ended' | 'unknown_request'): Promise<void> {
  if (reason === 'request_ended') await appendLateMessages(tx, row.requestId!, [row]);
  await tx
    .update(notificationInbox)
    .set({ status: 'ignored', ignoredReason: reason, sealedToken: null, tokenKeyId: null, handledAt: new Date() })
    .where(eq(notificationInbox.id, row.id));
}
