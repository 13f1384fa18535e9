import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import {
  noCounts,
  type HeldRemovalsState,
  type SyncCounts,
  type SyncKind,
  type SyncPhase,
  type SyncTrigger,
} from '../../domain/organizations/sync.ts';
import { cloudOrganizations } from './cloud-organizations.ts';
import { at, id, timestamps } from './columns.ts';
import { credentialSets } from './credential-sets.ts';

/**
 * One piece of work on an organization, and the head of its snapshot. The last ten syncs of an organization are kept;
 * a row that goes takes its snapshot along.
 */
export const syncs = pgTable(
  'syncs',
  {
    id: id(),
    kind: text('kind').$type<SyncKind>().notNull().default('sync'),
    /** Null for the preview of an organization that is not registered. */
    organizationId: uuid('organization_id').references(() => cloudOrganizations.id, { onDelete: 'cascade' }),
    /** AWS's id, `o-…`: whose keeper does the work. */
    awsOrganizationId: text('aws_organization_id').notNull(),
    /** Only for the preview of an organization that is not registered; others use the organization's. */
    credentialSetId: uuid('credential_set_id').references(() => credentialSets.id, { onDelete: 'set null' }),
    trigger: text('trigger').$type<SyncTrigger>().notNull(),
    phase: text('phase').$type<SyncPhase>().notNull().default('queued'),
    /** The newest settings that were asked for with it; what it was planned under may be newer. */
    settingsGeneration: integer('settings_generation').notNull(),
    /** The settings that it is planned under, fixed when planning begins; null before. */
    plannedGeneration: integer('planned_generation'),
    plannedScope: jsonb('planned_scope').$type<OrganizationScope>(),
    /** Counts the attempts at the inventory. A write that names an older one is refused, so that a worker that lost its attempt does no harm. */
    inventoryAttempt: integer('inventory_attempt').notNull().default(0),
    /** The highest sequence number given to an account so far. */
    lastAccountNumber: integer('last_account_number').notNull().default(0),
    /** When the accounts had been listed in one unbroken pass; nothing is removed without it (O17). */
    listingCompletedAt: at('listing_completed_at'),
    counts: jsonb('counts').$type<SyncCounts>().notNull().default(noCounts),
    /** What stage 2 of badging did, once it did. */
    badgingCounts: jsonb('badging_counts').$type<BadgingCounts>(),
    /** Removals that wait for a person (O17). */
    heldRemovals: integer('held_removals'),
    heldRemovalsState: text('held_removals_state').$type<HeldRemovalsState>(),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    /** Null until the keeper was told; the reconciler tells it what an API process could not. */
    signalledAt: at('signalled_at'),
    claimedUntil: at('claimed_until'),
    /** Since when somebody wants it to stop while it runs: what is asked for after that does not join it (O19). */
    cancelRequestedAt: at('cancel_requested_at'),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
    ...timestamps,
  },
  (table) => [
    index('syncs_organization_idx').on(table.organizationId, table.kind, table.createdAt),
    index('syncs_unsignalled_idx')
      .on(table.createdAt)
      .where(sql`${table.signalledAt} is null and ${table.phase} = 'queued'`),
    // O19: one runs at a time, and a request joins what waits already. Previews differ in what they ask, so each waits
    // for itself; and one that plans by an older snapshot may run beside the rest, because it does not call AWS.
    uniqueIndex('syncs_running_key')
      .on(table.awsOrganizationId)
      .where(sql`${table.phase} in ('listing', 'applying', 'badging') and ${table.kind} <> 'preview'`),
    uniqueIndex('syncs_queued_key')
      .on(table.awsOrganizationId, table.kind)
      .where(sql`${table.phase} = 'queued' and ${table.kind} <> 'preview'`),
  ],
);
