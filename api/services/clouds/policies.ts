import { and, asc, eq, inArray } from 'drizzle-orm';
import { cloudOrganizations, organizationalUnits, policyAttachments, serviceControlPolicies } from '../../../db/schema/index.ts';
import { OrganizationTree } from '../../../domain/organizations/tree.ts';
import type { Call } from '../../context.ts';
import { findCloud } from './find.ts';

/** AWS attaches this policy to targets without other policies. Muster does not store those targets. */
const fullAccessPolicyId = 'p-FullAWSAccess';

/** One target on the path from the root to an account, with its attached service control policies. */
export interface PathPolicies {
  target: { id: string; type: 'root' | 'organizational_unit' | 'account'; name: string | null };
  policies: { id: string; name: string; awsManaged: boolean }[];
}

/** The service control policies on a cloud's path. */
export interface CloudPolicies {
  /** False for the management account, which AWS exempts, and for clouds without an organization. */
  inEffect: boolean;
  items: PathPolicies[];
}

/** The policies on a cloud's path from the root down (O15), from the newest complete listing. Throws not_found. */
export async function readCloudPolicies(call: Call, id: string): Promise<CloudPolicies> {
  const { db } = call.deps.database;
  const cloud = await findCloud(db, id);
  const { organizationId } = cloud;
  if (organizationId === null) return { inEffect: false, items: [] };
  const units = await db.select().from(organizationalUnits).where(eq(organizationalUnits.organizationId, organizationId));
  const names = new Map(units.map(({ ouId, name }) => [ouId, name]));
  const tree = new OrganizationTree(units.map(({ ouId, parentId, name }) => ({ id: ouId, parentId, name })));
  const ancestors = (cloud.organizationParentId !== null && tree.ancestors(cloud.organizationParentId)) || [];
  const policies = await db
    .select({
      targetId: policyAttachments.targetId,
      id: serviceControlPolicies.policyId,
      name: serviceControlPolicies.name,
      awsManaged: serviceControlPolicies.awsManaged,
    })
    .from(policyAttachments)
    .innerJoin(
      serviceControlPolicies,
      and(eq(serviceControlPolicies.organizationId, organizationId), eq(serviceControlPolicies.policyId, policyAttachments.policyId)),
    )
    .where(and(eq(policyAttachments.organizationId, organizationId), inArray(policyAttachments.targetId, [...ancestors, cloud.accountId])))
    .orderBy(asc(serviceControlPolicies.name), asc(serviceControlPolicies.policyId));
  const [organization] = await db
    .select({ managementAccountId: cloudOrganizations.managementAccountId })
    .from(cloudOrganizations)
    .where(eq(cloudOrganizations.id, organizationId));
  const [fullAccess] = await db
    .select({ id: serviceControlPolicies.policyId, name: serviceControlPolicies.name, awsManaged: serviceControlPolicies.awsManaged })
    .from(serviceControlPolicies)
    .where(and(eq(serviceControlPolicies.organizationId, organizationId), eq(serviceControlPolicies.policyId, fullAccessPolicyId)));
  const attachedTo = (targetId: string) => {
    const attached = policies
      .filter((policy) => policy.targetId === targetId)
      .map(({ id, name, awsManaged }) => ({ id, name, awsManaged }));
    return attached.length === 0 && fullAccess ? [fullAccess] : attached;
  };
  return {
    inEffect: cloud.accountId !== organization?.managementAccountId,
    items: [
      ...ancestors.map((unitId) => ({
        target: {
          id: unitId,
          type: unitId.startsWith('r-') ? ('root' as const) : ('organizational_unit' as const),
          name: names.get(unitId) ?? null,
        },
        policies: attachedTo(unitId),
      })),
      { target: { id: cloud.accountId, type: 'account' as const, name: cloud.name }, policies: attachedTo(cloud.accountId) },
    ],
  };
}
