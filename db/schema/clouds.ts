import { sql } from 'drizzle-orm';
import { boolean, check, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { CloudStatus, CloudWarning } from '../../domain/clouds/status.ts';
import { at, id, timestamps } from './columns.ts';
import { cloudOrganizations } from './cloud-organizations.ts';
import { credentialSets } from './credential-sets.ts';

/** Every account in the clouds listing (C1). One account is one cloud (D13). */
export const clouds = pgTable(
  'clouds',
  {
    id: id(),
    provider: text('provider').$type<'aws'>().notNull().default('aws'),
    partition: text('partition').notNull(),
    accountId: text('account_id').notNull(),
    name: text('name'),
    nickname: text('nickname'),
    status: text('status').$type<CloudStatus>().notNull().default('pending'),
    statusCode: text('status_code'),
    statusMessage: text('status_message'),
    warnings: jsonb('warnings').$type<CloudWarning[]>().notNull().default([]),
    managed: boolean('managed').notNull().default(false),
    /** The organization that manages the cloud. An organization cannot be deleted while clouds refer to it. */
    organizationId: uuid('organization_id').references(() => cloudOrganizations.id),
    /** The account's parent, a root or an organizational unit: `r-…` or `ou-…`. */
    organizationParentId: text('organization_parent_id'),
    organizationPath: text('organization_path'),
    roleArn: text('role_arn').notNull(),
    credentialSetId: uuid('credential_set_id')
      .notNull()
      .references(() => credentialSets.id),
    /** The cloud's own credentials, unused while an organization manages it; they return when it leaves (O11). */
    sleepingCredentialSetId: uuid('sleeping_credential_set_id').references(() => credentialSets.id),
    /**
     * The credentials of the role that Muster deployed, while other credentials replace them (C4). They return when the role is
     * given back. Muster made their external id, so no caller can send it.
     */
    deployedCredentialSetId: uuid('deployed_credential_set_id').references(() => credentialSets.id),
    /** The request that onboarded the cloud, if any. */
    delegationRequestId: uuid('delegation_request_id'),
    /** The stack that stays in the customer's account when the cloud is removed (C3). */
    stackName: text('stack_name'),
    lastCheckedAt: at('last_checked_at'),
    /** When a person last requested a check that has not ended yet; null if there is none. */
    recheckRequestedAt: at('recheck_requested_at'),
    /** Until then one reconciler works on the row and others leave it alone. */
    claimedUntil: at('claimed_until'),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('clouds_account_key').on(table.provider, table.accountId),
    index('clouds_status_idx').on(table.status),
    index('clouds_organization_idx').on(table.organizationId, table.accountId),
    index('clouds_credential_set_idx').on(table.credentialSetId),
    index('clouds_sleeping_credential_set_idx')
      .on(table.sleepingCredentialSetId)
      .where(sql`${table.sleepingCredentialSetId} is not null`),
    index('clouds_recheck_requested_idx')
      .on(table.recheckRequestedAt)
      .where(sql`${table.recheckRequestedAt} is not null`),
    index('clouds_deployed_credential_set_idx')
      .on(table.deployedCredentialSetId)
      .where(sql`${table.deployedCredentialSetId} is not null`),
    index('clouds_unmanaged_idx')
      .on(table.lastCheckedAt)
      .where(sql`not ${table.managed}`),
    check('clouds_managed_by_organization', sql`${table.managed} = (${table.organizationId} is not null)`),
    check('clouds_sleep_while_managed', sql`${table.sleepingCredentialSetId} is null or ${table.managed}`),
  ],
);
