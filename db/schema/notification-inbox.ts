import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, id, sealedBytes } from './columns.ts';

/** Every delegation notification that reached us, once (D10). A token lies here sealed, until it is used up or useless. */
export const notificationInbox = pgTable(
  'notification_inbox',
  {
    id: id(),
    messageId: text('message_id').notNull().unique(),
    source: text('source').$type<'queue' | 'webhook'>().notNull(),
    type: text('type').$type<'StateChange' | 'ExchangeToken' | 'unknown'>().notNull(),
    /** Null when the message names none that Muster could have made. */
    requestId: uuid('request_id'),
    attempt: integer('attempt'),
    awsRequestId: text('aws_request_id'),
    ownerAccountId: text('owner_account_id'),
    awsState: text('aws_state'),
    awsUpdatedAt: at('aws_updated_at'),
    sealedToken: sealedBytes('sealed_token'),
    tokenKeyId: text('token_key_id'),
    tokenExpiresAt: at('token_expires_at'),
    status: text('status').$type<'received' | 'signalled' | 'ignored'>().notNull().default('received'),
    /** A code; for a message that was not understood, words with its outline. */
    ignoredReason: text('ignored_reason'),
    receivedAt: at('received_at').notNull().defaultNow(),
    handledAt: at('handled_at'),
    /** A reconciler works on the row until then; others leave it alone. */
    claimedUntil: at('claimed_until'),
  },
  (table) => [
    index('notification_inbox_unhandled_idx')
      .on(table.receivedAt)
      .where(sql`${table.status} = 'received'`),
    index('notification_inbox_request_idx').on(table.requestId),
  ],
);
