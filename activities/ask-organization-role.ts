import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { loadProofs, saveProofs } from '../db/external-id-proofs.ts';
import type { OrganizationRoleKind } from '../db/schema/credential-sets.ts';
import { credentialSets } from '../db/schema/index.ts';
import type { OrganizationCredentials } from '../db/sealing/secrets.ts';
import { parseRoleArn } from '../domain/aws/arn.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { openOrganizationCredentials } from './open-credentials.ts';
import { askWithoutExternalId } from './aws/ask-without-external-id.ts';

/**
 * Asks an organization role, which Muster has assumed, also without its external id, at most once a day (D12). Notes which of
 * the organization's roles have no external id. The organization shows both as one warning.
 */
export async function askOrganizationRole(dependencies: ActivityDependencies, credentialSetId: string): Promise<void> {
  const { db, aws } = dependencies;
  const credentials = await openOrganizationCredentials(dependencies, credentialSetId);
  await noteAbsentIds(db, credentialSetId, credentials);
  const { organizationRole: role, accessKey } = credentials;
  const { partition } = parseRoleArn(role.roleArn)!;
  const known = (await loadProofs(db, credentialSetId, [role.roleArn])).get(role.roleArn) ?? null;
  const proof = await askWithoutExternalId(aws.stsFor({ partition, accessKey }), role, known);
  if (proof) await saveProofs(db, credentialSetId, [{ roleArn: role.roleArn, ...proof }]);
}

async function noteAbsentIds(db: Database, id: string, { organizationRole, memberRole }: OrganizationCredentials): Promise<void> {
  const absent: OrganizationRoleKind[] = [];
  if (organizationRole.externalId === undefined) absent.push('organization_role');
  if (memberRole.externalId === undefined) absent.push('member_role');
  const isNew = sql`${credentialSets.id} = ${id} and ${credentialSets.rolesWithoutExternalId} <> ${sql.param(absent)}::text[]`;
  await db.update(credentialSets).set({ rolesWithoutExternalId: absent }).where(isNew);
}
