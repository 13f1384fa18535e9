import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import { cloudOrganizations } from './cloud-organizations.ts';
import { at, id, timestamps } from './columns.ts';
import { syncs } from './syncs.ts';

/**
 * What an add, a scope edit or a re-sync would do (O16). Its changes are the sync_accounts of the piece of work of kind
 * `preview` that planned it; that one has listed by itself, or has taken the newest complete snapshot over.
 */
export const previews = pgTable(
  'previews',
  {
    id: id(),
    /** Null for an organization that is not registered. */
    organizationId: uuid('organization_id').references(() => cloudOrganizations.id, { onDelete: 'cascade' }),
    syncId: uuid('sync_id')
      .notNull()
      .unique('previews_sync_key')
      .references(() => syncs.id, { onDelete: 'cascade' }),
    nickname: text('nickname').notNull(),
    /** In clear, for display: it says the partition. Null where the organization's row does. */
    organizationRoleArn: text('organization_role_arn'),
    /** The organization role may be in another account, of a delegated administrator. Null as above. */
    managementAccountId: text('management_account_id'),
    memberRoleName: text('member_role_name').notNull(),
    /** The scope that is tried out. */
    scope: jsonb('scope').$type<OrganizationScope>().notNull(),
    state: text('state').$type<'running' | 'ready' | 'failed'>().notNull().default('running'),
    /** When what it goes by was listed. */
    asOf: at('as_of'),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    /** After this the reconciler erases it, with its snapshot and its unregistered organization's credentials. */
    expiresAt: at('expires_at').notNull(),
    ...timestamps,
  },
  (table) => [index('previews_expires_idx').on(table.expiresAt)],
);
