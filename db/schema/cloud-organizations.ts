import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import { at, id, timestamps } from './columns.ts';
import { credentialSets } from './credential-sets.ts';

/** A stack set of Muster in an organization's management account. */
export interface MemberStackSet {
  name: string;
  region: string;
}

/** An AWS Organization that Muster imports and keeps in sync. Each exists once per installation (O6). */
export const cloudOrganizations = pgTable(
  'cloud_organizations',
  {
    id: id(),
    /** AWS's id, `o-…`. */
    awsOrganizationId: text('aws_organization_id').notNull().unique('cloud_organizations_aws_id_key'),
    managementAccountId: text('management_account_id').notNull(),
    partition: text('partition').notNull(),
    nickname: text('nickname').notNull(),
    /** Both roles and the access key, sealed and replaced as one (O13). Every managed cloud also refers to it. */
    credentialSetId: uuid('credential_set_id')
      .notNull()
      .references(() => credentialSets.id),
    /** Not sealed, for display: a member role's ARN is formatted from it. */
    memberRoleName: text('member_role_name').notNull(),
    /** The stack set with which Muster deployed the member roles (D5); null if the customer deployed them. */
    memberStackSet: jsonb('member_stack_set').$type<MemberStackSet>(),
    scope: jsonb('scope').$type<OrganizationScope>().notNull(),
    /**
     * Raised by every edit of scope, nickname or credentials, under the row's lock. Work that was planned under an older
     * generation does not satisfy a request made under a newer one (O19).
     */
    settingsGeneration: integer('settings_generation').notNull().default(1),
    syncEveryMinutes: integer('sync_every_minutes').notNull(),
    autoBadgingEveryMinutes: integer('auto_badging_every_minutes').notNull(),
    /** This column and the next three mirror Temporal's schedules, which own the values (B6); the reconciler copies them. */
    syncPaused: boolean('sync_paused').notNull().default(false),
    nextSyncAt: at('next_sync_at'),
    autoBadgingPaused: boolean('auto_badging_paused').notNull().default(false),
    nextAutoBadgingAt: at('next_auto_badging_at'),
    /** The last end of auto-badging, whether scheduled, requested or part of a sync. */
    lastAutoBadgingAt: at('last_auto_badging_at'),
    /** The intervals of the schedules as last set; null until the schedules exist. The reconciler repairs a difference. */
    scheduledSyncMinutes: integer('scheduled_sync_minutes'),
    scheduledAutoBadgingMinutes: integer('scheduled_auto_badging_minutes'),
    /** Until then one reconciler works on the row and others leave it alone. */
    claimedUntil: at('claimed_until'),
    ...timestamps,
  },
  (table) => [index('cloud_organizations_credential_set_idx').on(table.credentialSetId)],
);

/**
 * The accounts whose removal a person confirmed by switching `autoRemoveSuspended` on (O8): the suspended ones of the newest
 * complete listing at that time. The next complete sync takes them when it plans, so no later sync finds them.
 */
export const confirmedSuspensions = pgTable(
  'confirmed_suspensions',
  {
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => cloudOrganizations.id, { onDelete: 'cascade' }),
    accountId: text('account_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.accountId] })],
);
