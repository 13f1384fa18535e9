import { boolean, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { credentialSets } from './credential-sets.ts';

/**
 * When a role was last asked without its external id, and the outcome (D12). A row belongs to the credentials that asked, so new
 * credentials have no proof yet. One table holds the roles of clouds, of accounts that a sync has not listed yet, and of organizations.
 */
export const externalIdProofs = pgTable(
  'external_id_proofs',
  {
    credentialSetId: uuid('credential_set_id')
      .notNull()
      .references(() => credentialSets.id, { onDelete: 'cascade' }),
    roleArn: text('role_arn').notNull(),
    /** True if AWS refused Muster without the external id. */
    enforced: boolean('enforced').notNull(),
    askedAt: at('asked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.credentialSetId, table.roleArn] })],
);
