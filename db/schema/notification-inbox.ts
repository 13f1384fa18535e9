import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, id, sealedBytes } from './columns.ts';

/** Every delegation notification that Muster received, once (D10). A token stays here sealed until it is redeemed or useless. */
export const notificationInbox = pgTable(
  'notification_inbox',
  {
    id: id(),
    messageId: text('message_id').notNull().unique(),
    source: text('source').$type<'queue' | 'webhook'>().notNull(),
    type: text('type').$type<'StateChange' | 'ExchangeToken' | 'unknown'>().notNull(),
    /** Null if the message names no request that Muster could have made. */
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
    /** A code, or the reason and outline of a message that Muster does not understand. */
    ignoredReason: text('ignored_reason'),
    receivedAt: at('received_at').notNull().defaultNow(),
    handledAt: at('handled_at'),
    /** Until then one reconciler works on the row and others leave it alone. */
    claimedUntil: at('claimed_until'),
  },
  (table) => [
    index('notification_inbox_unhandled_idx')
      .on(table.receivedAt)
      .where(sql`${table.status} = 'received'`),
    index('notification_inbox_request_idx').on(table.requestId),
  ],
);
