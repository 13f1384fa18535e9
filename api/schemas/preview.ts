import { z } from '@hono/zod-openapi';
import { changeKinds } from '../../domain/organizations/plan.ts';
import { describeExclusion, type ExclusionRule } from '../../domain/organizations/scope.ts';
import type { BadgeChange } from '../../domain/badges/badge-change.ts';
import type { ChangeKind } from '../../domain/organizations/plan.ts';
import { accountPathSchema } from './account-path.ts';
import { timestamp } from './fields.ts';
import { listOf } from './lists.ts';
import { exclusionSchema } from './sync.ts';
import { scopeSchema } from './organization.ts';

/** One change that would be made to, or told of, one account. */
export const previewChangeSchema = z
  .object({
    accountId: z.string(),
    name: z.string(),
    path: accountPathSchema,
    change: z.enum(changeKinds).openapi({ description: '`update`: nothing but its badges, or the names on its path, differ.' }),
    rule: exclusionSchema.optional().openapi({ description: 'The rule of the scope that excludes or removes it.' }),
    badges: z
      .array(z.object({ key: z.string(), change: z.string() }))
      .openapi({ description: 'Badges of the account that would change; told with the first of its changes.' }),
  })
  .openapi('PreviewChange');

export type PreviewChange = z.infer<typeof previewChangeSchema>;
export const previewChangesSchema = listOf(previewChangeSchema);

const countNames = ['listed', 'inScope', 'excluded', 'added', 'takenOver', 'moved', 'renamed', 'suspended', 'removed'] as const;
export type PreviewCounts = Record<(typeof countNames)[number], number>;

/** What an add, a scope edit or a re-sync would do (O16). */
export const previewSchema = z
  .object({
    id: z.guid(),
    organizationId: z.guid().nullable().openapi({ description: 'Null for an organization that is not registered.' }),
    state: z.enum(['running', 'ready', 'failed']),
    asOf: timestamp.nullable().openapi({ description: 'When the accounts that it goes by had been listed; null until ready.' }),
    complete: z.boolean().openapi({ description: 'They were listed in one unbroken pass. Nothing is removed without.' }),
    scope: scopeSchema,
    counts: z
      .object(Object.fromEntries(countNames.map((name) => [name, z.int()])) as Record<keyof PreviewCounts, z.ZodInt>)
      .openapi('PreviewCounts', { description: 'In accounts, as a sync counts them.' }),
    memberRoleArnExample: z.string().openapi({ description: "The member role's ARN, as it is in the management account." }),
    changes: previewChangesSchema.openapi({ description: 'The first page; empty until ready.' }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    expiresAt: timestamp.openapi({ description: 'It is erased then.' }),
    createdAt: timestamp,
  })
  .openapi('Preview');

export type Preview = z.infer<typeof previewSchema>;

/** A change as the database has it. */
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
