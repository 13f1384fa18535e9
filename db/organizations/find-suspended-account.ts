import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { newestListing } from './unknown-scope-ids.ts';

/**
 * The place that shows an account as suspended or closed: the newest complete listing of a registered organization, or else
 * the account's cloud (`awsOrganizationId` is null). Null if neither does.
 */
export async function findSuspendedAccount(db: Queryable, accountId: string): Promise<{ awsOrganizationId: string | null } | null> {
  const [found] = await db.execute<{ awsOrganizationId: string | null }>(sql`
    select o.aws_organization_id as "awsOrganizationId"
    from cloud_organizations o cross join lateral (${newestListing(sql`o.id`)}) newest
      join sync_accounts a on a.sync_id = newest.id
    where a.account_id = ${accountId} and a.pass is not null and a.state = 'suspended'
    union all
    select null from clouds where provider = 'aws' and account_id = ${accountId} and status = 'suspended'
    limit 1`);
  return found ?? null;
}
