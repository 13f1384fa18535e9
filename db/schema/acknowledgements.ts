import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { AcknowledgeableCode } from '../../domain/clouds/acknowledgement.ts';
import { cloudOrganizations } from './cloud-organizations.ts';
import { clouds } from './clouds.ts';
import { at, id } from './columns.ts';

/**
 * Warnings that a person settled until a time (O18), for one cloud or for all clouds of an organization. A row stays after its
 * end. The database function `acknowledgement_of` alone decides which warnings a row covers; triggers on clouds and
 * sync_accounts derive the status with it.
 */
export const acknowledgements = pgTable(
  'acknowledgements',
  {
    id: id(),
    /** Either this or the organization. */
    cloudId: uuid('cloud_id').references(() => clouds.id, { onDelete: 'cascade' }),
    organizationId: uuid('organization_id').references(() => cloudOrganizations.id, { onDelete: 'cascade' }),
    code: text('code').$type<AcknowledgeableCode>().notNull(),
    policyId: text('policy_id'),
    /** The hash of the policy's text at the time; the row covers no warning about another text. */
    policyHash: text('policy_hash'),
    action: text('action'),
    reason: text('reason').notNull(),
    until: at('until').notNull(),
    /** The name of the person or API key. */
    createdBy: text('created_by').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** Set by a person, or by the reconciler after `until`. */
    endedAt: at('ended_at'),
  },
  (table) => [
    index('acknowledgements_cloud_idx').on(table.cloudId),
    index('acknowledgements_organization_idx').on(table.organizationId),
    index('acknowledgements_until_idx')
      .on(table.until)
      .where(sql`${table.endedAt} is null`),
    check('acknowledgements_owner', sql`num_nonnulls(${table.cloudId}, ${table.organizationId}) = 1`),
  ],
);
