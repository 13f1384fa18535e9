import { boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import { at, id, timestamps } from './columns.ts';
import { credentialSets } from './credential-sets.ts';

/** Where a stack set of ours is: in the management account, in one Region. */
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
    /** Both roles and the access key, sealed as one; replaced as one (O13). Every managed cloud refers to it too. */
    credentialSetId: uuid('credential_set_id')
      .notNull()
      .references(() => credentialSets.id),
    /** In clear, for display: a member role's ARN is made of it. */
    memberRoleName: text('member_role_name').notNull(),
    /** The stack set by which Muster deployed the member roles (D5); null where the customer did it. */
    memberStackSet: jsonb('member_stack_set').$type<MemberStackSet>(),
    scope: jsonb('scope').$type<OrganizationScope>().notNull(),
    /**
     * Raised by every edit of scope, nickname or credentials, under the row's lock. Work that was planned under an older
     * one does not answer a request that was made under a newer one (O19).
     */
    settingsGeneration: integer('settings_generation').notNull().default(1),
    syncEveryMinutes: integer('sync_every_minutes').notNull(),
    autoBadgingEveryMinutes: integer('auto_badging_every_minutes').notNull(),
    /** The following mirror Temporal's schedules, which own them (B6); the reconciler copies them here. */
    syncPaused: boolean('sync_paused').notNull().default(false),
    nextSyncAt: at('next_sync_at'),
    autoBadgingPaused: boolean('auto_badging_paused').notNull().default(false),
    nextAutoBadgingAt: at('next_auto_badging_at'),
    /** When auto-badging last ended, by its schedule, on request, or as the end of a sync. */
    lastAutoBadgingAt: at('last_auto_badging_at'),
    /** The intervals that the schedules were last made for; null until they exist. The reconciler repairs a difference. */
    scheduledSyncMinutes: integer('scheduled_sync_minutes'),
    scheduledAutoBadgingMinutes: integer('scheduled_auto_badging_minutes'),
    /** A reconciler works on the row until then; others leave it alone. */
    claimedUntil: at('claimed_until'),
    ...timestamps,
  },
  (table) => [index('cloud_organizations_credential_set_idx').on(table.credentialSetId)],
);
