import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { AcknowledgeableCode } from '../../domain/clouds/acknowledgement.ts';
import { at } from './columns.ts';

/** A badge that a person made. */
export interface RememberedBadge {
  key: string;
  value: string;
  /** ISO 8601. */
  updatedAt: string;
}

/** An acknowledgement of one cloud's warning. Times are ISO 8601. */
export interface RememberedAcknowledgement {
  id: string;
  code: AcknowledgeableCode;
  policyId: string | null;
  policyHash: string | null;
  action: string | null;
  reason: string;
  until: string;
  createdBy: string;
  createdAt: string;
}

/**
 * Clouds that a sync removed, until their accounts return or 30 days have passed (C5). A table of its own, so that no listing
 * and no count can meet them. It never holds credentials: these are erased at the removal.
 */
export const rememberedClouds = pgTable(
  'remembered_clouds',
  {
    provider: text('provider').$type<'aws'>().notNull().default('aws'),
    partition: text('partition').notNull(),
    accountId: text('account_id').notNull(),
    cloudId: uuid('cloud_id').notNull(),
    /** The organization that the cloud left. No foreign key: the memory outlives an organization whose clouds are kept. */
    organizationId: uuid('organization_id'),
    nickname: text('nickname'),
    badges: jsonb('badges').$type<RememberedBadge[]>().notNull().default([]),
    /** The acknowledgements that were active at the removal. */
    acknowledgements: jsonb('acknowledgements').$type<RememberedAcknowledgement[]>().notNull().default([]),
    removedAt: at('removed_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.partition, table.accountId] }),
    index('remembered_clouds_organization_idx').on(table.organizationId),
    index('remembered_clouds_expires_idx').on(table.expiresAt),
  ],
);
