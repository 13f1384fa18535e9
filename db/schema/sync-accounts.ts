import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { BadgeChange } from '../../domain/badges/badge-change.ts';
import type { StatusReason } from '../../domain/clouds/check.ts';
import type { CloudStatus, CloudWarning } from '../../domain/clouds/status.ts';
import type { AccountState } from '../../domain/organizations/account-state.ts';
import type { ChangeKind, Removal } from '../../domain/organizations/plan.ts';
import type { ExclusionRule } from '../../domain/organizations/scope.ts';
import type { CheckState } from '../../domain/organizations/sync.ts';
import { at } from './columns.ts';
import { syncs } from './syncs.ts';

/**
 * One account in one sync: as it was listed, how its check ended, and what was planned and done about it. An account is
 * here once, however often AWS named it. Clouds that were not listed (departed) are here too, without a pass.
 */
export const syncAccounts = pgTable(
  'sync_accounts',
  {
    syncId: uuid('sync_id')
      .notNull()
      .references(() => syncs.id, { onDelete: 'cascade' }),
    accountId: text('account_id').notNull(),
    /** Counts from 1 in the order of first sight, without gaps: batches and slices are ranges of it. */
    number: integer('number').notNull(),
    /** The pass of the accounts' listing that saw it last; null for a cloud that was not listed. */
    pass: integer('pass'),
    name: text('name').notNull(),
    email: text('email'),
    state: text('state').$type<AccountState>().notNull(),
    joinedAt: at('joined_at'),
    /** The ids from the root down to its parent; null until known. */
    ancestors: text('ancestors').array(),

    checkState: text('check_state').$type<CheckState>().notNull().default('waiting'),
    /** What the check made of it: filled in when it is done, or when it was given up. */
    status: text('status').$type<CloudStatus>(),
    statusReason: jsonb('status_reason').$type<StatusReason>(),
    warnings: jsonb('warnings').$type<CloudWarning[]>(),
    checkedAt: at('checked_at'),

    /** The plan (O16): null until planned, empty when nothing changes. */
    changes: text('changes').array().$type<ChangeKind[]>(),
    rule: jsonb('rule').$type<ExclusionRule>(),
    removal: jsonb('removal').$type<Removal>(),
    badgeChanges: jsonb('badge_changes').$type<BadgeChange[]>(),
    path: text('path'),
    /** When the plan was carried out; null where nothing was to be done, or while a removal is held. */
    appliedAt: at('applied_at'),
    /** When stage 2 of badging looked at it, so that nothing is counted twice. */
    badgedAt: at('badged_at'),
  },
  (table) => [
    primaryKey({ columns: [table.syncId, table.accountId] }),
    uniqueIndex('sync_accounts_number_key').on(table.syncId, table.number),
    index('sync_accounts_unchecked_idx')
      .on(table.syncId, table.number)
      .where(sql`${table.checkState} in ('waiting', 'deferred')`),
    index('sync_accounts_removals_idx')
      .on(table.syncId, table.number)
      .where(sql`${table.removal} is not null`),
  ],
);
