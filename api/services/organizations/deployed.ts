import { eq } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { credentialSets, delegationRequests } from '../../../db/schema/index.ts';
import type { OrganizationRow } from '../../../db/schema/rows.ts';
import type { OrganizationCredentials } from '../../../db/sealing/secrets.ts';
import { formatRoleArn, type Partition } from '../../../domain/aws/arn.ts';
import { accountStackName, memberStackSetName, organizationRoleName } from '../../../domain/delegation/parameters.ts';
import type { Call } from '../../context.ts';
import { invalid } from '../../problems/errors.ts';

/** The resources that Muster deployed for an organization by delegation (D5). */
export interface Deployed {
  organizationRoleArn: string;
  memberRoleName: string;
  stackName: string;
  stackSetName: string;
}

/** The deployed resources. Null if the customer deployed the roles. */
export async function findDeployed(db: Queryable, organization: OrganizationRow): Promise<Deployed | null> {
  const [request] = await db
    .select({ id: delegationRequests.id, roleName: delegationRequests.roleName })
    .from(delegationRequests)
    .where(eq(delegationRequests.organizationId, organization.id));
  if (!request) return null;
  const { partition, managementAccountId } = organization;
  return {
    organizationRoleArn: formatRoleArn(partition as Partition, managementAccountId, organizationRoleName(request.id)),
    memberRoleName: request.roleName,
    stackName: accountStackName(request.id),
    stackSetName: memberStackSetName(request.id),
  };
}

/**
 * Adds the external ids of the roles that Muster deployed to new credentials, because Muster generated and keeps them
 * (D12). Throws invalid_input if the caller gives an external id for such a role. A role that was replaced before needs
 * its external id from the caller, because Muster no longer has it.
 */
export async function withDeployedExternalIds(
  call: Call,
  organization: OrganizationRow,
  given: OrganizationCredentials,
): Promise<OrganizationCredentials> {
  const { db } = call.deps.database;
  const deployed = await findDeployed(db, organization);
  const [set] = await db.select().from(credentialSets).where(eq(credentialSets.id, organization.credentialSetId));
  if (!deployed || !set) return given;
  const kept = await call.deps.sealer.open<OrganizationCredentials>(set.sealed, { table: 'credential_sets', id: set.id });
  const isOurs = {
    organizationRole: [given, kept].every(({ organizationRole }) => organizationRole.roleArn === deployed.organizationRoleArn),
    memberRole: [given, kept].every(({ memberRole }) => memberRole.roleName === deployed.memberRoleName),
  };
  const roles = (['organizationRole', 'memberRole'] as const).filter((role) => isOurs[role]);
  const faults = roles.filter((role) => given[role].externalId !== undefined);
  if (faults.length > 0) {
    throw invalid(
      faults.map((role) => ({
        pointer: `/credentials/${role}/externalId`,
        message: 'Muster generated the external id of this role when it deployed the role, and keeps it. Leave it out.',
      })),
    );
  }
  const idOf = (role: (typeof roles)[number]) => (isOurs[role] && kept[role].externalId ? { externalId: kept[role].externalId } : {});
  return {
    ...given,
    organizationRole: { ...given.organizationRole, ...idOf('organizationRole') },
    memberRole: { ...given.memberRole, ...idOf('memberRole') },
  };
}
