import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationRequests } from '../../db/schema/index.ts';
import { wholeOrganization, type OrganizationScope } from '../../domain/organizations/scope.ts';

/** The accounts that a request for an organization covers. */
export async function loadRequestScope(db: Queryable, requestId: string): Promise<OrganizationScope> {
  const [row] = await db
    .select({ scope: delegationRequests.organizationScope })
    .from(delegationRequests)
    .where(eq(delegationRequests.id, requestId));
  return { ...wholeOrganization, ...row?.scope };
}
