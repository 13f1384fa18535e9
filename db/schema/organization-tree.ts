import { boolean, foreignKey, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { cloudOrganizations } from './cloud-organizations.ts';
import { at } from './columns.ts';

const organization = () =>
  uuid('organization_id')
    .notNull()
    .references(() => cloudOrganizations.id, { onDelete: 'cascade' });

/**
 * An organization's root and units, as of its newest complete listing. The parent is no foreign key, because a listing may
 * miss the parent of a unit that moves while AWS is listed.
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
    /** True for AWS's own policies, such as FullAWSAccess. */
    awsManaged: boolean('aws_managed').notNull(),
    /** The policy's JSON text; null until a sync needed and read it. */
    content: text('content'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.policyId] })],
);

/**
 * The targets of policies. Only targets with a customer-made policy are listed, each with all of its policies. Any other
 * root, unit or account has only AWS's FullAWSAccess.
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
