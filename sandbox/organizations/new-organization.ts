/** An organization as it is when it has just been made: a root, the management account, FullAWSAccess. */
import type { World } from '../core/world.ts';
import { enrol } from './add-account.ts';
import { organizationsState, fullAccessId } from './state.ts';
import type { Organization, OrganizationPolicy, Partition } from './state.ts';

/** AWS's own SCP: attached to every root, OU and account until a customer removes it (orgs_manage_policies_scps.html). */
const fullAccess: OrganizationPolicy = {
  id: fullAccessId,
  name: 'FullAWSAccess',
  description: 'Allows access to every operation',
  content: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
  awsManaged: true,
};

export function newOrganization(
  world: World,
  given: { id: string; rootId: string; partition: Partition; managementAccount: { id: string; name: string; email: string } },
): Organization {
  const { id, rootId, partition, managementAccount } = given;
  const now = Date.now();
  const organization: Organization = {
    id,
    partition,
    managementAccountId: managementAccount.id,
    rootId,
    createdAt: now,
    accounts: new Map([
      [managementAccount.id, { ...managementAccount, state: 'ACTIVE', joinedMethod: 'INVITED', joinedAt: now, parentId: rootId }],
    ]),
    units: new Map(),
    policies: new Map([[fullAccessId, { ...fullAccess }]]),
    attachments: new Map(),
    trustedServices: new Map(),
    delegatedAdministrators: new Map(),
    creations: new Map(),
    closing: new Set(),
    revision: 0,
  };
  organizationsState.of(world).organizations.set(id, organization);
  enrol(world, organization, managementAccount.id);
  return organization;
}
