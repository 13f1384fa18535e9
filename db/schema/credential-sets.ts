import { sql } from 'drizzle-orm';
import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { at, id, sealedBytes } from './columns.ts';

/** The two roles of an organization (O1). */
export type OrganizationRoleKind = 'organization_role' | 'member_role';

/**
 * The parameters of AssumeRole: external id, session name, duration, access keys; sealed as one value. Only the role ARN is
 * stored unencrypted, for display (O7). An organization has one set for both of its roles and all of its clouds.
 */
export const credentialSets = pgTable(
  'credential_sets',
  {
    id: id(),
    /** The content: one cloud's role, or an organization's two roles and its access key (db/sealing/secrets.ts). */
    kind: text('kind').$type<'cloud' | 'organization'>().notNull().default('cloud'),
    /** The organization role, if the set is an organization's. */
    roleArn: text('role_arn').notNull(),
    sealed: sealedBytes('sealed').notNull(),
    /** The roles of an organization's set that have no external id (D12). A worker that opens the set writes it. */
    rolesWithoutExternalId: text('roles_without_external_id').array().$type<OrganizationRoleKind[]>().notNull().default([]),
    /** The key that sealed the value; `npm run reseal` replaces old keys. */
    keyId: text('key_id').notNull(),
    /** Set while Muster checks the credentials and nothing refers to them yet. The reconciler erases the set after this time. */
    expiresAt: at('expires_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('credential_sets_expires_idx')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
  ],
);
