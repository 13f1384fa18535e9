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
 * Stores a message in the inbox and returns its row; for a repeated message, the row that is already there. Keeps a token,
 * sealed, only if a run may still need it (D11).
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

/** Records a message that has no effect, for operators; false if it is already recorded. */
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

/** Records a message that Muster does not understand; also on the timeline of the request that it names, if any (D3). */
export async function storeNotUnderstood(
  db: Database,
  source: InboxRow['source'],
  messageId: string,
  { unusable, about }: UnusableMessage,
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    if (about) {
      const { requestId, ...detail } = about;
      const message = `AWS sent a message about this request that Muster does not understand. It changed nothing: ${unusable}.`;
      const key = `message/${messageId}`;
      await appendTimeline(tx, requestId, [{ key, at: new Date().toISOString(), type: 'unknown_message', message, detail }]);
    }
    return await storeUnusable(tx, source, messageId, unusable, about);
  });
}

/**
 * Marks a message as signalled to its run. If the request ended in between, its run records nothing more, so the message is
 * ignored like any other that arrives after the end. The lock on the request's row decides between the two.
 */
export async function markSignalled(db: Database, row: InboxRow): Promise<'signalled' | 'ignored'> {
  return await db.transaction(async (tx) => {
    if ((await requestStateOf(tx, row.requestId!, { lock: true })) === 'ended') {
      await ignore(tx, row, 'request_ended');
      return 'ignored';
    }
    await tx
      .update(notificationInbox)
      .set({ status: 'signalled', handledAt: new Date() })
      .where(and(eq(notificationInbox.id, row.id), eq(notificationInbox.status, 'received')));
    return 'signalled';
  });
}

/** Whether a request still has a run that a message can reach. With `lock`, the answer holds until the transaction ends. */
export async function requestStateOf(
  db: Queryable,
  requestId: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<'live' | 'ended' | 'unknown'> {
  const query = db.select({ phase: delegationRequests.phase }).from(delegationRequests).where(eq(delegationRequests.id, requestId));
  const [request] = await (lock ? query.for('update') : query);
  if (!request) return 'unknown';
  return isFinalPhase(request.phase) ? 'ended' : 'live';
}

/** Ignores a message: erases its token, and records it on the timeline of a request that has ended (D3). */
export async function ignoreMessage(db: Database, row: InboxRow, reason: 'request_ended' | 'unknown_request'): Promise<void> {
  await db.transaction((tx) => ignore(tx, row, reason));
}

async function ignore(tx: Transaction, row: InboxRow, reason: 'request_ended' | 'unknown_request'): Promise<void> {
  if (reason === 'request_ended') await appendLateMessages(tx, row.requestId!, [row]);
  await tx
    .update(notificationInbox)
    .set({ status: 'ignored', ignoredReason: reason, sealedToken: null, tokenKeyId: null, handledAt: new Date() })
    .where(eq(notificationInbox.id, row.id));
}
