import { z } from '@hono/zod-openapi';
import type { SyncAccountRow, SyncRow } from '../../db/schema/rows.ts';
import { noBadgingCounts, type BadgingCounts } from '../../domain/badges/counts.ts';
import { changeKinds } from '../../domain/organizations/plan.ts';
import { describeExclusion } from '../../domain/organizations/scope.ts';
import { noCounts, syncPhases, syncTriggers, type SyncCounts } from '../../domain/organizations/sync.ts';
import { accountPathSchema } from './account-path.ts';
import { cloudStatusSchema } from './cloud.ts';
import { timestamp } from './fields.ts';
import { scopeWarningsSchema, toScopeWarnings } from './scope-warnings.ts';
import { checkedWarningSchema, toCheckedWarning } from './warning.ts';

/** The kinds of work that the API shows as syncs. Previews have a resource of their own. */
export const shownSyncKinds = ['sync', 'recheck', 'badging'] as const;

const countNames = Object.keys(noCounts) as (keyof SyncCounts)[];
const counts = z
  .object(Object.fromEntries(countNames.map((name) => [name, z.int()])) as Record<keyof SyncCounts, z.ZodInt>)
  .openapi('SyncCounts', { description: 'Numbers of accounts. `checked` is `ok` + `warning` + `accessDenied`.' });

const badgingCountNames = ['clouds', 'created', 'changed', 'deleted', 'adopted', 'skipped'] as const;
const badgingCounts = z
  .object(Object.fromEntries(badgingCountNames.map((name) => [name, z.int()])) as Record<(typeof badgingCountNames)[number], z.ZodInt>)
  .openapi('BadgingCounts', {
    description:
      'Numbers of badges, except `clouds`: the clouds whose tags were compared. `adopted`: badges of people that became badges of tags. `skipped`: tags with a reserved key.',
  });

/** A sync, a recheck or a badging run of an organization (O9). */
export const syncSchema = z
  .object({
    id: z.guid(),
    kind: z
      .enum(shownSyncKinds)
      .openapi({ description: '`recheck` checks the clouds that are not ok. `badging` reads tags and updates badges.' }),
    organizationId: z.guid(),
    trigger: z.enum(syncTriggers),
    phase: z.enum(syncPhases),
    warnings: scopeWarningsSchema.openapi({
      description: 'Units and accounts of the scope that this listing lacks. Empty before the plan. At most 100.',
    }),
    heldRemovals: z
      .object({ count: z.int(), state: z.enum(['waiting', 'confirmed', 'refused', 'superseded', 'expired']) })
      .nullable()
      .openapi({
        description:
          'The number of held removals, and the state of their hold; `warnings` names units of the scope that are gone. Null if the sync held no removals.',
      }),
    counts: z.union([counts, badgingCounts]).openapi({ description: '`BadgingCounts` for the kind `badging`, else `SyncCounts`.' }),
    startedAt: timestamp.nullable(),
    finishedAt: timestamp.nullable(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Sync');

export type Sync = z.infer<typeof syncSchema>;

export function toSync(row: SyncRow): Sync {
  return {
    id: row.id,
    kind: row.kind as Sync['kind'],
    organizationId: row.organizationId!,
    trigger: row.trigger,
    phase: row.phase,
    warnings: toScopeWarnings(row.unknownScopeIds ?? []),
    heldRemovals:
      row.heldRemovals !== null && row.heldRemovalsState !== null ? { count: row.heldRemovals, state: row.heldRemovalsState } : null,
    counts: row.kind === 'badging' ? toBadgingCounts(row.badgingCounts) : { ...noCounts, ...row.counts },
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    failure: row.failureCode === null ? null : { code: row.failureCode, message: row.failureMessage ?? '' },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function toBadgingCounts(made: BadgingCounts | null): z.infer<typeof badgingCounts> {
  const { updated, ...counts } = { ...noBadgingCounts, ...made };
  return { ...counts, changed: updated };
}

/** The rule of a scope that excludes an account, with a message. */
export const exclusionSchema = z.object({ rule: z.string(), value: z.string().optional(), message: z.string() });

/** The result of a sync for one account. */
export const syncAccountSchema = z
  .object({
    accountId: z.string(),
    name: z.string(),
    path: accountPathSchema,
    state: z.enum(['active', 'suspended', 'pending_activation']).openapi({ description: 'State of the account as AWS listed it.' }),
    check: z.enum(['waiting', 'deferred', 'done', 'skipped']),
    status: cloudStatusSchema.nullable().openapi({ description: 'Result of the check. Null before the check.' }),
    statusReason: z.object({ code: z.string(), message: z.string() }).nullable(),
    warnings: z.array(checkedWarningSchema),
    checkedAt: timestamp.nullable(),
    changes: z
      .array(z.enum(changeKinds))
      .nullable()
      .openapi({ description: 'Null until the sync has planned the account. Empty if nothing changes.' }),
    rule: exclusionSchema.nullable().openapi({ description: 'The rule of the scope that excludes the account.' }),
    removal: z
      .object({ reason: z.enum(['departed', 'out_of_scope']), effect: z.enum(['delete', 'release']) })
      .nullable()
      .openapi({ description: '`release`: the cloud has its own credentials and stays, unmanaged.' }),
    badges: z.array(z.object({ key: z.string(), change: z.string() })),
    appliedAt: timestamp.nullable().openapi({
      description: 'Null if the sync did nothing: no change was planned, the removal was held, or a newer scope replaced the plan.',
    }),
  })
  .openapi('SyncAccount');

export type SyncAccount = z.infer<typeof syncAccountSchema>;

export function toSyncAccount(row: SyncAccountRow): SyncAccount {
  return {
    accountId: row.accountId,
    name: row.name,
    path: row.path,
    state: row.state,
    check: row.checkState,
    status: row.status,
    statusReason: row.statusReason,
    warnings: (row.warnings ?? []).map(toCheckedWarning),
    checkedAt: row.checkedAt?.toISOString() ?? null,
    changes: row.changes,
    rule: row.rule && { ...row.rule, message: describeExclusion(row.rule) },
    removal: row.removal,
    badges: (row.badgeChanges ?? []).map(({ key, change }) => ({ key, change })),
    appliedAt: row.appliedAt?.toISOString() ?? null,
  };
}
