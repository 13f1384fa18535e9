import { boolean, foreignKey, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { cloudOrganizations } from './cloud-organizations.ts';
import { at } from './columns.ts';

const organization = () =>
  uuid('organization_id')
    .notNull()
    .references(() => cloudOrganizations.id, { onDelete: 'cascade' });

/**
 * An organization's root and units, as of its newest complete listing. A parent may be missing for a moment at AWS
 * (a unit that is moved), so it is no foreign key.
 */
export const organizationalUnits = pgTable(
  'organizational_units',
  {
    organizationId: organization(),
    /** `r-…` or `ou-…`. */
    ouId: text('ou_id').notNull(),
    /** Null for the root. */
    parentId: text('parent_id'),
    name: text('name').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.ouId] })],
);

export const serviceControlPolicies = pgTable(
  'service_control_policies',
  {
    organizationId: organization(),
    /** `p-…`. */
    policyId: text('policy_id').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    /** AWS's own, such as FullAWSAccess. */
    awsManaged: boolean('aws_managed').notNull(),
    /** The policy's JSON text; null until it was needed and read. */
    content: text('content'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.policyId] })],
);

/**
 * Where policies are attached. Only targets that have a customer-made policy are here, with all of their policies; any
 * other root, unit or account has AWS's FullAWSAccess alone (aws-facts.md §3.1).
 */
export const policyAttachments = pgTable(
  'policy_attachments',
  {
    organizationId: uuid('organization_id').notNull(),
    policyId: text('policy_id').notNull(),
    /** A root, a unit or an account. */
    targetId: text('target_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.targetId, table.policyId] }),
    index('policy_attachments_policy_idx').on(table.organizationId, table.policyId),
    foreignKey({
      name: 'policy_attachments_policy_fk',
      columns: [table.organizationId, table.policyId],
      foreignColumns: [serviceControlPolicies.organizationId, serviceControlPolicies.policyId],
    }).onDelete('cascade'),
  ],
);
