import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { clouds, organizationalUnits, policyAttachments, serviceControlPolicies } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { toPolicy, type Policy } from '../../schemas/policy.ts';
import { decodeCursor, toPage, type Page, type PageRequest } from '../lists/page.ts';
import { findOrganization } from './find.ts';

/**
 * An organization's service control policies with their targets, sorted by name, from the newest complete listing. Throws
 * not_found.
 */
export async function listPolicies(call: Call, id: string, page: PageRequest): Promise<Page<Policy>> {
  const { db } = call.deps.database;
  await findOrganization(db, id);
  const list = 'policies';
  const table = serviceControlPolicies;
  const ofOrganization = eq(table.organizationId, id);
  const after = decodeCursor(list, page.cursor, (position) => position.length === 2);
  const rows = await db
    .select()
    .from(table)
    .where(and(ofOrganization, after ? sql`(${table.name}, ${table.policyId}) > (${after[0]}, ${after[1]})` : undefined))
    .orderBy(asc(table.name), asc(table.policyId))
    .limit(page.limit + 1);
  const targets = await targetsOf(
    db,
    id,
    rows.map(({ policyId }) => policyId),
  );
  return toPage(
    rows,
    page,
    await db.$count(table, ofOrganization),
    list,
    (row) => [row.name, row.policyId],
    (row) => toPolicy(row, targets.get(row.policyId) ?? []),
  );
}

async function targetsOf(db: Database, organizationId: string, policyIds: string[]): Promise<Map<string, Policy['targets']>> {
  const rows = await db
    .select({
      policyId: policyAttachments.policyId,
      id: policyAttachments.targetId,
      name: sql<string | null>`coalesce(${organizationalUnits.name}, ${clouds.name})`,
    })
    .from(policyAttachments)
    .leftJoin(
      organizationalUnits,
      and(eq(organizationalUnits.organizationId, organizationId), eq(organizationalUnits.ouId, policyAttachments.targetId)),
    )
    .leftJoin(clouds, and(eq(clouds.organizationId, organizationId), eq(clouds.accountId, policyAttachments.targetId)))
    .where(and(eq(policyAttachments.organizationId, organizationId), inArray(policyAttachments.policyId, policyIds)))
    .orderBy(asc(policyAttachments.targetId));
  const targets = new Map<string, Policy['targets']>();
  for (const { policyId, id, name } of rows) {
    const of = targets.get(policyId) ?? [];
    of.push({ id, type: targetType(id), name });
    targets.set(policyId, of);
  }
  return targets;
}

function targetType(id: string): Policy['targets'][number]['type'] {
  if (id.startsWith('r-')) return 'root';
  return id.startsWith('ou-') ? 'organizational_unit' : 'account';
}
