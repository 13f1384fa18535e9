import { pgTable, text, uuid } from 'drizzle-orm/pg-core';

/**
 * Nicknames in use across requests, clouds and organizations (D1). The normalized form is the key, so uniqueness is
 * the database's job; a row goes when a request ends without a cloud.
 */
export const nicknames = pgTable('nicknames', {
  normalized: text('normalized').primaryKey(),
  nickname: text('nickname').notNull(),
  ownerType: text('owner_type').$type<'request' | 'cloud' | 'organization'>().notNull(),
  ownerId: uuid('owner_id').notNull(),
});
