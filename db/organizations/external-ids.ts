import { and, eq, inArray } from 'drizzle-orm';
import type { OrganizationExternalIds } from '../../domain/organizations/external-id-warning.ts';
import type { Queryable } from '../client.ts';
import { credentialSets, externalIdProofs } from '../schema/index.ts';

/** The facts about external ids of organizations, by credential set (D12). */
export async function findExternalIds(db: Queryable, credentialSetIds: readonly string[]): Promise<Map<string, OrganizationExternalIds>> {
  const rows = await db
    .select({
      id: credentialSets.id,
      absentFrom: credentialSets.rolesWithoutExternalId,
      unenforcedRoleArn: externalIdProofs.roleArn,
    })
    .from(credentialSets)
    .leftJoin(
      externalIdProofs,
      and(
        eq(externalIdProofs.credentialSetId, credentialSets.id),
        eq(externalIdProofs.roleArn, credentialSets.roleArn),
        eq(externalIdProofs.enforced, false),
      ),
    )
    .where(inArray(credentialSets.id, [...credentialSetIds]));
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
}
