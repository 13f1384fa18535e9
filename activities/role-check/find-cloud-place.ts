import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cloudOrganizations, clouds, organizationalUnits } from '../../db/schema/index.ts';
import type { OrganizationPlace } from '../../domain/clouds/simulation.ts';
import { OrganizationTree } from '../../domain/organizations/tree.ts';

/** The place of a managed cloud in its organization's newest listing; null for a cloud that no organization manages. */
export async function findCloudPlace(db: Database, cloudId: string): Promise<OrganizationPlace | null> {
  const [row] = await db
    .select({ id: cloudOrganizations.id, awsOrganizationId: cloudOrganizations.awsOrganizationId, parentId: clouds.organizationParentId })
    .from(clouds)
    .innerJoin(cloudOrganizations, eq(cloudOrganizations.id, clouds.organizationId))
    .where(eq(clouds.id, cloudId));
  if (!row) return null;
  const units = await db
    .select({ id: organizationalUnits.ouId, name: organizationalUnits.name, parentId: organizationalUnits.parentId })
    .from(organizationalUnits)
    .where(eq(organizationalUnits.organizationId, row.id));
  const ancestors = row.parentId === null ? null : new OrganizationTree(units).ancestors(row.parentId);
  return { organizationId: row.awsOrganizationId, ancestors };
}
