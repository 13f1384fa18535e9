/** A small organization for tests, put straight into the world's state. */
import { organizationRole } from '../organizations/generate/roles.ts';
import { prepareRoles } from '../iam/prepared.ts';
import { partitionOfAccount } from '../organizations/tree.ts';
import type { World } from '../core/world.ts';
import { enrol } from '../organizations/add-account.ts';
import { newOrganization } from '../organizations/new-organization.ts';
import { enableResourceControl } from '../organizations/policy-types.ts';
import { quotas } from '../organizations/quotas.ts';
import { fullAccessId } from '../organizations/state.ts';
import type { Organization, Partition } from '../organizations/state.ts';

export interface TestOrganization {
  managementAccountId: string;
  /** Parent by OU id; the root is `r-test`. */
  units?: Record<string, string>;
  /** Parent by account id, the management account left out. */
  accounts: Record<string, string>;
  partition?: Partition;
}

export const testRoot = 'r-test';

export function addOrganization(world: World, given: TestOrganization): Organization {
  const { managementAccountId, units = {}, accounts, partition = 'aws' } = given;
  const named = (id: string) => ({ id, name: `Account ${id}`, email: `${id}@example.com` });
  const organization = newOrganization(world, {
    id: `o-${managementAccountId}`,
    rootId: testRoot,
    partition,
    managementAccount: named(managementAccountId),
  });
  for (const [id, parentId] of Object.entries(units)) organization.units.set(id, { id, name: id, parentId });
  for (const [id, parentId] of Object.entries(accounts)) {
    organization.accounts.set(id, { ...named(id), state: 'ACTIVE', joinedMethod: 'CREATED', joinedAt: 0, parentId });
    enrol(world, organization, id);
  }
  return organization;
}

/** Attaches a policy of one statement beside what is attached to a root, OU or account. */
export function attachScp(organization: Organization, targetId: string, statement: object, id = 'p-test'): void {
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  organization.policies.set(id, { id, name: id, description: '', content, awsManaged: false });
  organization.attachments.set(targetId, [...(organization.attachments.get(targetId) ?? [fullAccessId]), id]);
}

/** A policy of one statement with as many characters as an SCP may have. */
export function fullSize(statement: object): string {
  const { SERVICE_CONTROL_POLICY: size } = quotas.policySize;
  const text = (Sids: string[]): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [statement, ...Sids.map((Sid) => ({ Sid, Effect: 'Deny', Action: 'sdb:*', Resource: '*' }))],
    });
  const sids: string[] = [];
  while (text([...sids, 'x']).length <= size) sids.push(`s${String(sids.length).padStart(4, '0')}`);
  const last = sids.pop()!;
  return text([...sids, last.padEnd(last.length + size - text([...sids, last]).length, '0')]);
}

/** Attaches as many SCPs as AWS allows beside FullAWSAccess, each of the full size, with ids `p-large<place>00<number>`. */
export function attachFullSize(organization: Organization, targetId: string, place: number): void {
  const content = fullSize({ Effect: 'Deny', Action: 'discovery:*', Resource: '*' });
  const ids = Array.from({ length: quotas.attachedPolicies.SERVICE_CONTROL_POLICY - 1 }, (_, number) => `p-large${place}00${number}`);
  for (const id of ids) organization.policies.set(id, { id, name: id, description: '', content, awsManaged: false });
  organization.attachments.set(targetId, [fullAccessId, ...ids]);
}

/** Attaches a resource control policy of one statement to a root, OU or account; enables the type first. */
export function attachRcp(organization: Organization, targetId: string, statement: object, id = 'p-resourcetest'): void {
  enableResourceControl(organization);
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', ...statement }] });
  organization.policies.set(id, { id, type: 'RESOURCE_CONTROL_POLICY', name: id, description: '', content, awsManaged: false });
  const attached = organization.resourceControl!.get(targetId) ?? [];
  organization.resourceControl!.set(targetId, [...attached, id]);
}

/** Takes a policy off a root, OU or account, and out of the organization. */
export function detachScp(organization: Organization, targetId: string, id = 'p-test'): void {
  const attached = organization.attachments.get(targetId) ?? [];
  organization.attachments.set(
    targetId,
    attached.filter((other) => other !== id),
  );
  organization.policies.delete(id);
}

/** Gives an account a role that may read the organization, as POST /_sandbox/organizations gives it to a management account. */
export function addOrganizationRole(
  world: World,
  accountId: string,
  role: { roleName: string; externalId: string; callerArn: string },
): void {
  prepareRoles(world, accountId, [organizationRole({ partition: partitionOfAccount(world, accountId), path: '/', ...role }, [])]);
}
