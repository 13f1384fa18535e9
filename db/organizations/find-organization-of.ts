import { and, eq, isNotNull, or } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { cloudOrganizations, clouds } from '../schema/index.ts';

/** The identity of a registered organization. */
export interface RegisteredOrganization {
  id: string;
  awsOrganizationId: string;
  nickname: string;
}

/** Finds the registered organization whose management account this is, or that manages the account as a cloud; null if none. */
export async function findOrganizationOf(db: Queryable, accountId: string): Promise<RegisteredOrganization | null> {
  const [organization] = await db
    .select({
      id: cloudOrganizations.id,
      awsOrganizationId: cloudOrganizations.awsOrganizationId,
      nickname: cloudOrganizations.nickname,
    })
    .from(cloudOrganizations)
    .leftJoin(clouds, and(eq(clouds.organizationId, cloudOrganizations.id), eq(clouds.accountId, accountId)))
    .where(or(eq(cloudOrganizations.managementAccountId, accountId), isNotNull(clouds.id)));
  return organization ?? null;
}
