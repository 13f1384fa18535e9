import { and, eq, isNotNull } from 'drizzle-orm';
import { cloudOrganizations, syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { PreviewRow } from '../../../db/schema/rows.ts';
import { formatRoleArn, parseRoleArn, type Partition } from '../../../domain/aws/arn.ts';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { noCounts } from '../../../domain/organizations/sync.ts';
import type { Call } from '../../context.ts';
import { toScopeWarnings } from '../../schemas/scope-warnings.ts';
import type { Preview } from '../../schemas/preview.ts';
import { findPreview, noPreview } from './find.ts';
import { listChanges } from './list-changes.ts';

/** Number of changes in the resource itself. GET /v1/previews/{id}/changes lists all changes. */
const firstPage = 50;

/** A preview with the first page of its changes. Throws not_found. */
export async function getPreview(call: Call, id: string): Promise<Preview> {
  const { db } = call.deps.database;
  const row = await findPreview(db, id);
  const [work] = await db
    .select({
      counts: syncs.counts,
      unknownIds: syncs.unknownScopeIds,
      listedAt: syncs.listingCompletedAt,
      partition: cloudOrganizations.partition,
      accountId: cloudOrganizations.managementAccountId,
    })
    .from(syncs)
    .leftJoin(cloudOrganizations, eq(cloudOrganizations.id, syncs.organizationId))
    .where(eq(syncs.id, row.syncId));
  if (!work) throw noPreview();
  const { inScope, excluded, added, takenOver, moved, renamed, suspended, removed } = { ...noCounts, ...work.counts };
  const listed = await db.$count(syncAccounts, and(eq(syncAccounts.syncId, row.syncId), isNotNull(syncAccounts.pass)));
  return {
    id: row.id,
    organizationId: row.organizationId,
    state: row.state,
    asOf: row.asOf?.toISOString() ?? null,
    complete: work.listedAt !== null,
    scope: completeScope(row.scope) as Preview['scope'],
    warnings: toScopeWarnings(work.unknownIds ?? []),
    counts: { listed, inScope, excluded, added, takenOver, moved, renamed, suspended, removed },
    memberRoleArnExample: exampleOf(row, work),
    changes: await listChanges(db, row, { limit: firstPage }),
    failure: row.failureCode === null ? null : { code: row.failureCode, message: row.failureMessage ?? '' },
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}

function exampleOf(
  { organizationRoleArn, managementAccountId, memberRoleName }: PreviewRow,
  registered: { partition: string | null; accountId: string | null },
) {
  const role = organizationRoleArn === null ? null : parseRoleArn(organizationRoleArn);
  const { partition, accountId } = role ?? (registered as { partition: Partition; accountId: string });
  return formatRoleArn(partition, managementAccountId ?? accountId, memberRoleName);
}
