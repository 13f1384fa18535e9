import { and, count, desc, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { clouds, syncs } from '../../../db/schema/index.ts';
import { findConfirmedSuspensions } from '../../../db/organizations/confirm-suspensions.ts';
import { findExternalIds } from '../../../db/organizations/external-ids.ts';
import { findUnlistedIds } from '../../../db/organizations/unknown-scope-ids.ts';
import type { OrganizationRow } from '../../../db/schema/rows.ts';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { idsOf } from '../../../domain/organizations/scope-ids.ts';
import type { Call } from '../../context.ts';
import { toOrganization, type Organization } from '../../schemas/organization.ts';
import { toSync } from '../../schemas/sync.ts';
import { findOrganization } from './find.ts';

/** Organizations as the API shows them, with the number of clouds (O14) and the newest sync. */
export async function describeOrganizations(db: Queryable, rows: OrganizationRow[]): Promise<Organization[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const counted = await db
    .select({ id: clouds.organizationId, accounts: count() })
    .from(clouds)
    .where(inArray(clouds.organizationId, ids))
    .groupBy(clouds.organizationId);
  const newest = await db
    .selectDistinctOn([syncs.organizationId])
    .from(syncs)
    .where(and(inArray(syncs.organizationId, ids), eq(syncs.kind, 'sync')))
    .orderBy(syncs.organizationId, desc(syncs.createdAt), desc(syncs.id));
  const accounts = new Map(counted.map((row) => [row.id, row.accounts]));
  const lastSyncs = new Map(newest.map((row) => [row.organizationId, toSync(row)]));
  const named = rows.flatMap(({ id, scope }) => idsOf(completeScope(scope)).map((of) => ({ ...of, organizationId: id })));
  const confirmed = await findConfirmedSuspensions(db, ids);
  const unknown = await findUnlistedIds(db, named);
  const externalIds = await findExternalIds(
    db,
    rows.map(({ credentialSetId }) => credentialSetId),
  );
  return rows.map((row) =>
    toOrganization(row, {
      accountCount: accounts.get(row.id) ?? 0,
      lastSync: lastSyncs.get(row.id) ?? null,
      unknownIds: unknown.filter(({ organizationId }) => organizationId === row.id),
      externalIds: externalIds.get(row.credentialSetId) ?? null,
      suspendedNow: confirmed.get(row.id) ?? null,
    }),
  );
}

/** One organization. Throws not_found. */
export async function getOrganization(call: Call, id: string): Promise<Organization> {
  const { db } = call.deps.database;
  const [organization] = await describeOrganizations(db, [await findOrganization(db, id)]);
  return organization!;
}
