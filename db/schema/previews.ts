import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import { cloudOrganizations } from './cloud-organizations.ts';
import { at, id, timestamps } from './columns.ts';
import { syncs } from './syncs.ts';

/**
 * The expected effect of an add, a scope edit or a re-sync (O16). The changes are the sync_accounts of the work of kind
 * `preview` that planned them. That work lists the organization itself, or reuses the newest complete snapshot.
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
    /** Not sealed, for display and because it names the partition. Null if the organization's row names it. */
    organizationRoleArn: text('organization_role_arn'),
    /** May differ from the account of the organization role, which can be a delegated administrator's. Null as above. */
    managementAccountId: text('management_account_id'),
    memberRoleName: text('member_role_name').notNull(),
    /** The scope to preview. */
    scope: jsonb('scope').$type<OrganizationScope>().notNull(),
    state: text('state').$type<'running' | 'ready' | 'failed'>().notNull().default('running'),
    /** The time of the listing that the preview uses. */
    asOf: at('as_of'),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    /** The reconciler then erases the preview, its snapshot and the credentials of its unregistered organization. */
    expiresAt: at('expires_at').notNull(),
    ...timestamps,
  },
  (table) => [index('previews_expires_idx').on(table.expiresAt)],
);
