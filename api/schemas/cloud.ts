import { z } from '@hono/zod-openapi';
import type { WarningAcknowledgement } from '../../db/clouds/acknowledged-warnings.ts';
import type { CloudRow } from '../../db/schema/rows.ts';
import { cloudStatuses } from '../../domain/clouds/status.ts';
import { accountPathSchema } from './account-path.ts';
import { timestamp } from './fields.ts';
import { toWarning, warningSchema } from './warning.ts';

export const cloudStatusSchema = z.enum(['pending', 'ok', 'warning', 'access_denied', 'suspended'], {
  error: `status must be one of ${cloudStatuses.join(', ')}.`,
});

/** A cloud as the API shows it (C1, C2). */
export const cloudSchema = z
  .object({
    id: z.guid(),
    provider: z.literal('aws'),
    partition: z.string(),
    accountId: z.string(),
    name: z.string().nullable().openapi({ description: 'Name of the account in its organization.' }),
    nickname: z.string().nullable(),
    status: cloudStatusSchema,
    statusReason: z.object({ code: z.string(), message: z.string() }).nullable(),
    warnings: z.array(warningSchema),
    managed: z.boolean().openapi({ description: 'True while an organization manages the cloud.' }),
    organizationId: z.guid().nullable(),
    organizationPath: accountPathSchema,
    roleArn: z.string(),
    lastCheckedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Cloud');

export type Cloud = z.infer<typeof cloudSchema>;

/** `acknowledged`: the acknowledgements of its warnings, by position. */
export function toCloud(row: CloudRow, acknowledged: ReadonlyMap<number, WarningAcknowledgement> = new Map()): Cloud {
  return {
    id: row.id,
    provider: row.provider,
    partition: row.partition,
    accountId: row.accountId,
    name: row.name,
    nickname: row.nickname,
    status: row.status,
    statusReason: row.statusCode === null ? null : { code: row.statusCode, message: row.statusMessage ?? '' },
    warnings: row.warnings.map((warning, position) => toWarning(warning, acknowledged.get(position) ?? null)),
    managed: row.managed,
    organizationId: row.organizationId,
    organizationPath: row.organizationPath,
    roleArn: row.roleArn,
    lastCheckedAt: row.lastCheckedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
