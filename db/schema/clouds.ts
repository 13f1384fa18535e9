import { boolean, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { CloudStatus, CloudWarning } from '../../domain/clouds/status.ts';
import { at, id, timestamps } from './columns.ts';
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
    organizationId: uuid('organization_id'),
    organizationPath: text('organization_path'),
    roleArn: text('role_arn').notNull(),
    credentialSetId: uuid('credential_set_id')
      .notNull()
      .references(() => credentialSets.id),
    /** The request that onboarded it, if one did. */
    delegationRequestId: uuid('delegation_request_id'),
    /** What a removal leaves in the customer's account (C3). */
    stackName: text('stack_name'),
    lastCheckedAt: at('last_checked_at'),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('clouds_account_key').on(table.provider, table.accountId),
    index('clouds_status_idx').on(table.status),
    index('clouds_organization_idx').on(table.organizationId),
  ],
);
