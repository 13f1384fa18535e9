import { and, eq, isNotNull, or } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { cloudOrganizations, clouds } from '../schema/index.ts';

/** An organization that is registered. */
export interface RegisteredOrganization {
  id: string;
  awsOrganizationId: string;
  nickname: string;
}

/** The registered organization that an account manages, or that manages it as one of its clouds; null when there is none. */
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
