import { z } from '@hono/zod-openapi';
import { changeKinds } from '../../domain/organizations/plan.ts';
import { describeExclusion, type ExclusionRule } from '../../domain/organizations/scope.ts';
import type { BadgeChange } from '../../domain/badges/badge-change.ts';
import type { ChangeKind } from '../../domain/organizations/plan.ts';
import { accountPathSchema } from './account-path.ts';
import { timestamp } from './fields.ts';
import { listOf } from './lists.ts';
import { scopeWarningsSchema } from './scope-warnings.ts';
import { exclusionSchema } from './sync.ts';
import { scopeSchema } from './organization.ts';

/** One planned change of one account. */
export const previewChangeSchema = z
  .object({
    accountId: z.string(),
    name: z.string(),
    path: accountPathSchema,
    change: z.enum(changeKinds).openapi({ description: '`update`: only badges of the account or names on its path change.' }),
    rule: exclusionSchema.optional().openapi({ description: 'The rule of the scope that excludes or removes the account.' }),
    badges: z
      .array(z.object({ key: z.string(), change: z.string() }))
      .openapi({ description: "The account's badges that would change. Only the first change of an account lists them." }),
  })
  .openapi('PreviewChange');

export type PreviewChange = z.infer<typeof previewChangeSchema>;
export const previewChangesSchema = listOf(previewChangeSchema);

const countNames = ['listed', 'inScope', 'excluded', 'added', 'takenOver', 'moved', 'renamed', 'suspended', 'removed'] as const;
export type PreviewCounts = Record<(typeof countNames)[number], number>;

/** The planned result of adding an organization, of a new scope or of a sync (O16). */
export const previewSchema = z
  .object({
    id: z.guid(),
    organizationId: z.guid().nullable().openapi({ description: 'Null for an organization that is not registered.' }),
    state: z.enum(['running', 'ready', 'failed']),
    asOf: timestamp
      .nullable()
      .openapi({ description: 'The time at which the listing behind this preview was completed. Null until the preview is ready.' }),
    complete: z
      .boolean()
      .openapi({ description: 'True if AWS listed all accounts in one complete pass. Otherwise, the preview removes no account.' }),
    scope: scopeSchema,
    warnings: scopeWarningsSchema.openapi({
      description: 'Units and accounts of the scope that the listing lacks. Empty until the preview is ready. At most 100.',
    }),
    counts: z
      .object(Object.fromEntries(countNames.map((name) => [name, z.int()])) as Record<keyof PreviewCounts, z.ZodInt>)
      .openapi('PreviewCounts', { description: 'Numbers of accounts, counted as in a sync.' }),
    memberRoleArnExample: z.string().openapi({ description: 'ARN of the member role in the management account.' }),
    changes: previewChangesSchema.openapi({ description: 'The first page of changes. Empty until the preview is ready.' }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    expiresAt: timestamp.openapi({ description: 'When Muster erases the preview.' }),
    createdAt: timestamp,
  })
  .openapi('Preview');

export type Preview = z.infer<typeof previewSchema>;

/** A change as the query returns it. */
export interface PreviewChangeRow {
  number: number;
  ordinal: number;
  accountId: string;
  name: string;
  path: string | null;
  change: ChangeKind;
  rule: ExclusionRule | null;
  badgeChanges: BadgeChange[] | null;
}

export function toPreviewChange({ accountId, name, path, change, rule, badgeChanges, ordinal }: PreviewChangeRow): PreviewChange {
  return {
    accountId,
    name,
    path,
    change,
    ...(rule && (change === 'exclude' || change === 'remove') ? { rule: { ...rule, message: describeExclusion(rule) } } : {}),
    badges: ordinal === 1 ? (badgeChanges ?? []).map((badge) => ({ key: badge.key, change: badge.change })) : [],
  };
}
