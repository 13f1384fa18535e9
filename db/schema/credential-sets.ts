import { sql } from 'drizzle-orm';
import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { at, id, sealedBytes } from './columns.ts';

/**
 * How a role is assumed: external id, session name, duration, access keys; sealed whole. Only the role ARN is kept in
 * clear, for display (O7). An organization has one set for both of its roles and all of its clouds.
 */
export const credentialSets = pgTable(
  'credential_sets',
  {
    id: id(),
    /** What is sealed: one cloud's role, or an organization's two roles and its access key (db/sealing/secrets.ts). */
    kind: text('kind').$type<'cloud' | 'organization'>().notNull().default('cloud'),
    /** Of an organization's set: the organization role. */
    roleArn: text('role_arn').notNull(),
    sealed: sealedBytes('sealed').notNull(),
    /** The sealing key that a re-seal command has to replace. */
    keyId: text('key_id').notNull(),
    /** Set while nothing refers to the set yet (it is being checked): after this the reconciler erases it. */
    expiresAt: at('expires_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('credential_sets_expires_idx')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
  ],
);
