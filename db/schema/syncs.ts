import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import type { ScopeId } from '../../domain/organizations/scope-ids.ts';
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
 * A piece of work on an organization, and the head of its snapshot. Muster keeps an organization's last ten syncs. Deleting
 * a row deletes its snapshot.
 */
export const syncs = pgTable(
  'syncs',
  {
    id: id(),
    kind: text('kind').$type<SyncKind>().notNull().default('sync'),
    /** Null for the preview of an organization that is not registered. */
    organizationId: uuid('organization_id').references(() => cloudOrganizations.id, { onDelete: 'cascade' }),
    /** AWS's id, `o-…`; the organization's keeper does the work. */
    awsOrganizationId: text('aws_organization_id').notNull(),
    /** Only for the preview of an organization that is not registered; other work uses the organization's set. */
    credentialSetId: uuid('credential_set_id').references(() => credentialSets.id, { onDelete: 'set null' }),
    trigger: text('trigger').$type<SyncTrigger>().notNull(),
    phase: text('phase').$type<SyncPhase>().notNull().default('queued'),
    /** The newest generation of settings that a request for this work named. The planned generation may be newer. */
    settingsGeneration: integer('settings_generation').notNull(),
    /** The generation that the plan uses, fixed when planning begins; null before. */
    plannedGeneration: integer('planned_generation'),
    plannedScope: jsonb('planned_scope').$type<OrganizationScope>(),
    /** The ids of the planned scope that this listing lacks (O8); null before the plan and after an incomplete listing. */
    unknownScopeIds: jsonb('unknown_scope_ids').$type<ScopeId[]>(),
    /** Number of the inventory's current attempt. Writes of an older attempt are refused, so a worker that lost its attempt does no harm. */
    inventoryAttempt: integer('inventory_attempt').notNull().default(0),
    /** The highest number given to an account so far. */
    lastAccountNumber: integer('last_account_number').notNull().default(0),
    /** The time when one pass had listed all accounts; a sync without it removes nothing (O17). */
    listingCompletedAt: at('listing_completed_at'),
    counts: jsonb('counts').$type<SyncCounts>().notNull().default(noCounts),
    /** The result of stage 2 of badging; null before. */
    badgingCounts: jsonb('badging_counts').$type<BadgingCounts>(),
    /** Number of removals that wait for an operator (O17). */
    heldRemovals: integer('held_removals'),
    heldRemovalsState: text('held_removals_state').$type<HeldRemovalsState>(),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    /** Null until the keeper is signalled. The reconciler signals it if the API process could not. */
    signalledAt: at('signalled_at'),
    claimedUntil: at('claimed_until'),
    /** The time of a request to stop the running work; later requests do not join the work (O19). */
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
    // O19: one piece of work runs at a time, and a request joins a queued row. No preview joins another, because no two are
    // alike. A preview that uses an older snapshot runs beside other work, because it does not call AWS.
    uniqueIndex('syncs_running_key')
      .on(table.awsOrganizationId)
      .where(sql`${table.phase} in ('listing', 'applying', 'badging') and ${table.kind} <> 'preview'`),
    uniqueIndex('syncs_queued_key')
      .on(table.awsOrganizationId, table.kind)
      .where(sql`${table.phase} = 'queued' and ${table.kind} <> 'preview'`),
  ],
);
