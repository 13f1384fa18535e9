import { pgTable, text, uuid } from 'drizzle-orm/pg-core';

/**
 * Nicknames in use by requests, clouds and organizations (D1). The normalized form is the key, so the database enforces
 * uniqueness. A request that ends without a cloud frees its nickname.
 */
export const nicknames = pgTable('nicknames', {
  normalized: text('normalized').primaryKey(),
  nickname: text('nickname').notNull(),
  ownerType: text('owner_type').$type<'request' | 'cloud' | 'organization'>().notNull(),
  ownerId: uuid('owner_id').notNull(),
});
