import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { findOrganizationOf } from '../../db/organizations/find-organization-of.ts';
import { clouds } from '../../db/schema/index.ts';
import type { AccountConflict } from '../../workflows/contracts/delegation-onboarding.ts';
import { loadRequest } from './load-request.ts';

/**
 * The registered cloud or organization that a request would duplicate (D13, O6): the account's cloud, or the
 * organization that the account manages or belongs to. An account's own cloud does not block a request for its
 * organization (O11).
 */
export async function findAccountConflict(db: Database, { requestId }: { requestId: string }): Promise<AccountConflict | null> {
  const { scope, accountId } = await loadRequest(db, requestId);
  if (scope === 'organization') {
    const organization = await findOrganizationOf(db, accountId);
    return (
      organization && { code: 'organization_exists', organizationId: organization.id, awsOrganizationId: organization.awsOrganizationId }
    );
  }
  const [cloud] = await db.select({ id: clouds.id }).from(clouds).where(eq(clouds.accountId, accountId));
  return cloud ? { code: 'account_exists', cloudId: cloud.id } : null;
}
