import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { RequestWarning } from '../../domain/delegation/warnings.ts';
import type { AwsDelegationState, DelegationPhase, DelegationScope } from '../../domain/delegation/states.ts';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import { at, id, timestamps } from './columns.ts';
import { credentialSets } from './credential-sets.ts';

/** A request for delegated access (D1–D3). */
export const delegationRequests = pgTable(
  'delegation_requests',
  {
    id: id(),
    nickname: text('nickname').notNull(),
    scope: text('scope').$type<DelegationScope>().notNull(),
    accountId: text('account_id').notNull(),
    roleName: text('role_name').notNull(),
    sessionDurationSeconds: integer('session_duration_seconds').notNull(),
    /** Selects the accounts of an organization that become clouds; null for a single account. */
    organizationScope: jsonb('organization_scope').$type<OrganizationScope>(),
    /** Doubts about the account that were known when the request was made; they do not stop it. */
    warnings: jsonb('warnings').$type<RequestWarning[]>().notNull().default([]),
    phase: text('phase').$type<DelegationPhase>().notNull().default('requested'),
    awsState: text('aws_state').$type<AwsDelegationState>(),
    awsRequestId: text('aws_request_id'),
    consoleUrl: text('console_url'),
    /** The time when AWS ends the current waiting state, without Muster's grace period. */
    expiresAt: at('expires_at'),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    /** The rendered permission policy that AWS received, as JSON text (D2). */
    permissionPolicy: text('permission_policy'),
    stackName: text('stack_name'),
    stackId: text('stack_id'),
    stackStatus: text('stack_status'),
    /** Holds the request's external id; null once the request ended without a cloud. */
    credentialSetId: uuid('credential_set_id').references(() => credentialSets.id, { onDelete: 'set null' }),
    cloudId: uuid('cloud_id'),
    organizationId: uuid('organization_id'),
    resentAs: uuid('resent_as'),
    /** Number of the latest timeline entry. UPDATE … RETURNING raises it, so entries commit in order. */
    lastEventNumber: integer('last_event_number').notNull().default(0),
    /** Null until the row's workflow is started. The reconciler starts it if the API process could not. */
    workflowStartedAt: at('workflow_started_at'),
    /** Number of the run that owns the row. A run of another generation is superseded: it changes nothing more (S8). */
    generation: integer('generation').notNull().default(1),
    /** The length of the run's history when it made its latest write. A shorter history is older than the row. */
    runHistoryLength: integer('run_history_length').notNull().default(0),
    /** When the run scheduled its latest write. It distinguishes a retried write from a write of a run that Temporal restored. */
    runWroteAt: at('run_wrote_at'),
    /** True while the roles of a request that ended without its run wait to be removed from the account (D6). */
    cleanUpDue: boolean('clean_up_due').notNull().default(false),
    /** Until then one reconciler works on the row and others leave it alone. */
    claimedUntil: at('claimed_until'),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('delegation_requests_live_account_key')
      .on(table.accountId)
      .where(sql`${table.phase} in ('requested', 'deploying', 'verifying')`),
    index('delegation_requests_phase_idx').on(table.phase),
    index('delegation_requests_unstarted_idx')
      .on(table.createdAt)
      .where(sql`${table.workflowStartedAt} is null`),
  ],
);

/** The timeline of a request. An entry's number is the id of its server-sent event (D8). */
export const delegationEvents = pgTable(
  'delegation_events',
  {
    requestId: uuid('request_id')
      .notNull()
      .references(() => delegationRequests.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    /** Identifies the event, so that an activity that runs twice records it once. */
    key: text('key').notNull(),
    at: at('at').notNull(),
    type: text('type').notNull(),
    message: text('message').notNull(),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull().default({}),
  },
  (table) => [
    primaryKey({ columns: [table.requestId, table.number] }),
    uniqueIndex('delegation_events_key_key').on(table.requestId, table.key),
  ],
);
