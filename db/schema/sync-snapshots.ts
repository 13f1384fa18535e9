import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { syncs } from './syncs.ts';

const sync = () =>
  uuid('sync_id')
    .notNull()
    .references(() => syncs.id, { onDelete: 'cascade' });

/** The listing that is complete once the policies, their attachments and their contents are read. */
export const allPoliciesListing = 'policies_attached';

/**
 * The progress of each listing of a sync's inventory, so that a retry continues where the last attempt stopped. A page and
 * its token are written in one transaction.
 */
export const syncListings = pgTable(
  'sync_listings',
  {
    syncId: sync(),
    /** `accounts`, `tags`, `policies`, `organizational_units/{parentId}`, … */
    listing: text('listing').notNull(),
    /**
     * Raised when the listing must restart: AWS refused the token, or more than 10 minutes passed. An item that an earlier
     * pass saw and this one does not no longer exists.
     */
    pass: integer('pass').notNull().default(1),
    /** AWS's token for the next page; null before the first page and after the last. */
    nextToken: text('next_token'),
    pages: integer('pages').notNull().default(0),
    completedAt: at('completed_at'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.syncId, table.listing] })],
);

/** Roots and units as this sync listed them. Applying the sync copies them to the organization. */
export const syncOrganizationalUnits = pgTable(
  'sync_organizational_units',
  {
    syncId: sync(),
    ouId: text('ou_id').notNull(),
    parentId: text('parent_id'),
    name: text('name').notNull(),
  },
  (table) => [primaryKey({ columns: [table.syncId, table.ouId] })],
);

/**
 * The tags of an account, in a separate table because a sync may read tags before it lists the account. An account without
 * tags has an empty object; an account without a row was not read.
 */
export const syncAccountTags = pgTable(
  'sync_account_tags',
  {
    syncId: sync(),
    accountId: text('account_id').notNull(),
    tags: jsonb('tags').$type<Record<string, string>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.syncId, table.accountId] })],
);

export const syncPolicies = pgTable(
  'sync_policies',
  {
    syncId: sync(),
    policyId: text('policy_id').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    awsManaged: boolean('aws_managed').notNull(),
    content: text('content'),
  },
  (table) => [primaryKey({ columns: [table.syncId, table.policyId] })],
);

/** As policy_attachments: the targets of customer-made policies, each with all of its policies. */
export const syncPolicyAttachments = pgTable(
  'sync_policy_attachments',
  {
    syncId: sync(),
    policyId: text('policy_id').notNull(),
    targetId: text('target_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.syncId, table.targetId, table.policyId] }),
    index('sync_policy_attachments_policy_idx').on(table.syncId, table.policyId),
  ],
);
