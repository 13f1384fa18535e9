import { and, asc } from 'drizzle-orm';
import { cloudOrganizations } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import type { Organization } from '../../schemas/organization.ts';
import { afterTimeCursor, timePosition } from '../lists/by-time.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';
import { contains } from '../lists/search.ts';
import { describeOrganizations } from './describe.ts';

export interface OrganizationFilter extends PageRequest {
  /** Part of the nickname, of AWS's organization id or of the management account's id. */
  search?: string | undefined;
}

/** The organizations, oldest first. */
export async function listOrganizations(call: Call, filter: OrganizationFilter): Promise<Page<Organization>> {
  const { db } = call.deps.database;
  const list = 'organizations';
  const table = cloudOrganizations;
  const matching = contains(filter.search, [table.nickname, table.awsOrganizationId, table.managementAccountId]);
  const after = afterTimeCursor(list, filter.cursor, { time: table.createdAt, id: table.id }, 'oldest_first');
  const rows = await db
    .select()
    .from(table)
    .where(and(matching, after))
    .orderBy(asc(table.createdAt), asc(table.id))
    .limit(filter.limit + 1);
  const page = toPage(
    rows,
    filter,
    await db.$count(table, matching),
    list,
    (row) => timePosition(row.createdAt, row.id),
    (row) => row,
  );
  return { ...page, items: await describeOrganizations(db, page.items) };
}
