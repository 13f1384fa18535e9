import { sql, type SQL } from 'drizzle-orm';
import type { OrganizationScope } from '../../domain/organizations/scope.ts';
import { idsOf, type ScopeId } from '../../domain/organizations/scope-ids.ts';
import type { Queryable } from '../client.ts';
import { recordset } from '../recordset.ts';

interface NamedId extends ScopeId {
  organizationId: string;
}

/**
 * The ids that the newest complete listing of their organization lacks (O8), in the order of `named`. Returns none for an
 * organization that no listing has completed, because nothing is known about it yet.
 */
export async function findUnlistedIds(db: Queryable, named: readonly NamedId[]): Promise<NamedId[]> {
  if (named.length === 0) return [];
  const rows = recordset('r', named, { organizationId: 'uuid', field: 'text', id: 'text' });
  // One statement, so that the listing cannot be erased between two reads.
  const missing = await db.execute<{ organizationId: string; id: string }>(sql`
    select r."organizationId", r."id" from ${rows} cross join lateral (${newestListing(sql`r."organizationId"`)}) newest
    where ${isMissing(sql`newest.id`)}`);
  const keys = new Set(missing.map(({ organizationId, id }) => `${organizationId}/${id}`));
  return named.filter(({ organizationId, id }) => keys.has(`${organizationId}/${id}`));
}

/** The ids of a scope that the listing of one sync or preview lacks. */
export async function findUnknownIds(db: Queryable, syncId: string, scope: OrganizationScope): Promise<ScopeId[]> {
  const named = idsOf(scope);
  if (named.length === 0) return [];
  const missing = await db.execute<{ id: string }>(sql`
    select r."id" from ${recordset('r', named, { field: 'text', id: 'text' })} where ${isMissing(sql`${syncId}::uuid`)}`);
  const ids = new Set(missing.map(({ id }) => id));
  return named.filter(({ id }) => ids.has(id));
}

/**
 * Selects the sync or preview with the newest complete listing of an organization. Once it has begun to plan, its inventory has
 * ended, so its units are complete, too.
 */
export const newestListing = (organizationId: SQL) => sql`
  select s.id from syncs s
  where s.organization_id = ${organizationId} and s.kind in ('sync', 'preview') and s.listing_completed_at is not null
    and (s.phase = 'completed' or s.planned_generation is not null)
  order by s.listing_completed_at desc, s.created_at desc limit 1`;

/** An account that only an earlier pass saw has left the organization. */
function isMissing(syncId: SQL): SQL {
  return sql`case when r."field" = 'excludeAccountIds'
    then not exists (select from sync_accounts a where a.sync_id = ${syncId} and a.account_id = r."id" and a.pass is not null)
    else not exists (select from sync_organizational_units u where u.sync_id = ${syncId} and u.ou_id = r."id") end`;
}
