import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
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
 * One account in one sync: its listing, its check, its plan and the plan's execution. An account has one row, even if AWS
 * lists it twice. Clouds that AWS no longer lists (departed) also have a row, without a pass.
 */
export const syncAccounts = pgTable(
  'sync_accounts',
  {
    syncId: uuid('sync_id')
      .notNull()
      .references(() => syncs.id, { onDelete: 'cascade' }),
    accountId: text('account_id').notNull(),
    /** Counts from 1 without gaps, in the order in which the accounts were first listed. Batches and slices are ranges of it. */
    number: integer('number').notNull(),
    /** The last pass of the accounts' listing that saw the account; null for a departed cloud. */
    pass: integer('pass'),
    name: text('name').notNull(),
    email: text('email'),
    state: text('state').$type<AccountState>().notNull(),
    joinedAt: at('joined_at'),
    /** The ids from the root down to the account's parent; null until known. */
    ancestors: text('ancestors').array(),

    checkState: text('check_state').$type<CheckState>().notNull().default('waiting'),
    /** The outcome of the check, set when the check is done or the sync gives it up. */
    status: text('status').$type<CloudStatus>(),
    statusReason: jsonb('status_reason').$type<StatusReason>(),
    warnings: jsonb('warnings').$type<CloudWarning[]>(),
    checkedAt: at('checked_at'),

    /** The planned changes (O16): null until planned, empty if nothing changes. */
    changes: text('changes').array().$type<ChangeKind[]>(),
    rule: jsonb('rule').$type<ExclusionRule>(),
    removal: jsonb('removal').$type<Removal>(),
    /**
     * True if a person confirmed the removal of this suspended account by switching `autoRemoveSuspended` on. The removal
     * guard does not count it (O8).
     */
    suspensionConfirmed: boolean('suspension_confirmed').notNull().default(false),
    badgeChanges: jsonb('badge_changes').$type<BadgeChange[]>(),
    path: text('path'),
    /** The time when the plan was executed; null if there was nothing to do, and while a removal is held. */
    appliedAt: at('applied_at'),
    /** The time of stage 2 of badging, so that no account is counted twice. */
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
