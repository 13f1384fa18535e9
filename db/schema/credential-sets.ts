import { pgTable, text } from 'drizzle-orm/pg-core';
import { at, id, sealedBytes } from './columns.ts';

/**
 * How a role is assumed: external id, session name, duration, access keys; sealed whole. Only the role ARN is kept in
 * clear, for display (O7).
 */
export const credentialSets = pgTable('credential_sets', {
  id: id(),
  roleArn: text('role_arn').notNull(),
  sealed: sealedBytes('sealed').notNull(),
  /** The sealing key that a re-seal command has to replace. */
  keyId: text('key_id').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});
