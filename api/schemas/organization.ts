import { z } from '@hono/zod-openapi';
import type { OrganizationRow } from '../../db/schema/rows.ts';
import { isStorableText } from '../../db/storable-text.ts';
import { organizationBadgeKeys } from '../../domain/badges/organization-badges.ts';
import { formatRoleArn, partitions, type Partition } from '../../domain/aws/arn.ts';
import { maxAccountNameLength, organizationalUnitIdPattern, rootIdPattern } from '../../domain/aws/fields.ts';
import { nextRun } from '../../domain/organizations/intervals.ts';
import { completeScope } from '../../domain/organizations/scope.ts';
import type { ScopeId } from '../../domain/organizations/scope-ids.ts';
import { accountId, bodyObject, orNull, patterned, timestamp } from './fields.ts';
import type { OrganizationExternalIds } from '../../domain/organizations/external-id-warning.ts';
import { organizationWarningsSchema, toOrganizationWarnings } from './organization-warnings.ts';
import { syncSchema, type Sync } from './sync.ts';

const listLimit = 10_000;
const listRule = `This field must be a list of at most ${listLimit.toLocaleString('en')} entries.`;

function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: listRule }).max(listLimit, { error: listRule }).optional();
}

const prefixRule = `A name prefix must be text of 1 to ${maxAccountNameLength} characters.`;
const namePrefix = z
  .string({ error: prefixRule })
  .normalize('NFC')
  .refine((text) => text !== '' && [...text].length <= maxAccountNameLength && isStorableText(text), { error: prefixRule });
const unitId = patterned(organizationalUnitIdPattern, 'An organizational unit id must have the form ou-xxxx-xxxxxxxx.').openapi({
  example: 'ou-ab12-cd34ef56',
});
const unitOrRootId = patterned(
  new RegExp(`${rootIdPattern.source}|${organizationalUnitIdPattern.source}`),
  'An organizational unit id must have the form ou-xxxx-xxxxxxxx; a root id must have the form r-xxxx.',
);

/** The accounts that an organization includes (O8). It is always the whole scope: fields that are left out are empty. */
export const scopeInput = z
  .strictObject(
    {
      excludeNamePrefixes: list(namePrefix).openapi({
        description:
          'Excludes accounts whose name begins with one of these. Capital and small letters differ: `dev-` does not exclude `Dev-1`. Muster compares and stores the text in Unicode NFC.',
      }),
      includeOuIds: list(unitOrRootId).openapi({ description: 'Only accounts under these units, at any depth. Empty: all accounts.' }),
      excludeOuIds: list(unitId),
      excludeAccountIds: list(accountId),
      autoRemoveSuspended: z
        .boolean({ error: 'autoRemoveSuspended must be true or false.' })
        .optional()
        .openapi({ description: 'Excludes suspended accounts, and removes those accounts that are listed.' }),
    },
    bodyObject('The scope'),
  )
  .openapi('OrganizationScopeInput');

/** Beside a scope in calls; never stored (O8). */
export const allowUnknown = z
  .boolean({ error: 'allowUnknown must be true or false.' })
  .optional()
  .openapi({ description: 'True to accept units and accounts in `scope` that the organization does not have. Muster does not store it.' });

export const scopeSchema = z
  .object({
    excludeNamePrefixes: z.array(z.string()),
    includeOuIds: z.array(z.string()),
    excludeOuIds: z.array(z.string()),
    excludeAccountIds: z.array(z.string()),
    autoRemoveSuspended: z.boolean(),
  })
  .openapi('OrganizationScope');

/** An organization as the API shows it, with only the member role's name of its credentials. */
export const organizationSchema = z
  .object({
    id: z.guid(),
    organizationId: z.string().openapi({ description: "AWS's id of the organization.", example: 'o-a1b2c3d4e5' }),
    managementAccountId: z.string(),
    partition: z.enum(partitions),
    nickname: z.string(),
    scope: scopeSchema,
    memberRoleArnExample: z.string().openapi({ description: 'ARN of the member role in the management account.' }),
    accountCount: z.int().openapi({ description: 'Number of clouds that the organization manages. `cloudsUrl` lists them.' }),
    cloudsUrl: z.string(),
    warnings: organizationWarningsSchema.openapi({
      description:
        'Units and accounts of the scope that the newest complete listing lacks, at most 100. One warning about external ids, if they protect nothing.',
    }),
    suspendedNow: z
      .object({ count: z.int(), first: z.array(z.string()).openapi({ description: 'The first 50 account ids, in order.' }) })
      .nullable()
      .openapi({
        description:
          'The suspended accounts that the next complete sync removes without a hold, because `autoRemoveSuspended` was switched on. Null before and after.',
      }),
    lastSync: orNull(syncSchema).openapi({ description: 'The newest sync. Null before the first.' }),
    syncEveryMinutes: z.int(),
    nextSyncAt: timestamp.nullable().openapi({ description: 'When the next scheduled sync starts. Null while its schedule is paused.' }),
    autoBadging: z.object({
      everyMinutes: z.int(),
      paused: z.boolean(),
      lastRunAt: timestamp.nullable().openapi({ description: 'When the last run ended.' }),
      nextRunAt: timestamp.nullable().openapi({ description: 'When the next scheduled run starts. Null while it is paused.' }),
    }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Organization');

export type Organization = z.infer<typeof organizationSchema>;

/** The facts about an organization that its row does not hold. */
export interface OrganizationFacts {
  accountCount: number;
  lastSync: Sync | null;
  unknownIds: readonly ScopeId[];
  externalIds: OrganizationExternalIds | null;
  suspendedNow: Organization['suspendedNow'];
}

export function toOrganization(
  row: OrganizationRow,
  { accountCount, lastSync, unknownIds, externalIds, suspendedNow }: OrganizationFacts,
): Organization {
  const partition = row.partition as Partition;
  const now = new Date();
  return {
    id: row.id,
    organizationId: row.awsOrganizationId,
    managementAccountId: row.managementAccountId,
    partition,
    nickname: row.nickname,
    scope: completeScope(row.scope) as Organization['scope'],
    memberRoleArnExample: formatRoleArn(partition, row.managementAccountId, row.memberRoleName),
    accountCount,
    cloudsUrl: `/v1/clouds?badge=${encodeURIComponent(`${organizationBadgeKeys.organization}:${row.awsOrganizationId}`)}`,
    warnings: toOrganizationWarnings(unknownIds, externalIds),
    suspendedNow,
    lastSync,
    syncEveryMinutes: row.syncEveryMinutes,
    nextSyncAt: row.syncPaused ? null : nextRun(row.nextSyncAt, row.syncEveryMinutes, now).toISOString(),
    autoBadging: {
      everyMinutes: row.autoBadgingEveryMinutes,
      paused: row.autoBadgingPaused,
      lastRunAt: row.lastAutoBadgingAt?.toISOString() ?? null,
      nextRunAt: row.autoBadgingPaused ? null : nextRun(row.nextAutoBadgingAt, row.autoBadgingEveryMinutes, now).toISOString(),
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
