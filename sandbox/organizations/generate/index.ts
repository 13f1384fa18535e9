/** A whole organization by one control call: ready to be added, and the same for the same seed. */
import { randomInt } from 'node:crypto';
import type { World } from '../../core/world.ts';
import { prepareRoles } from '../../iam/prepared.ts';
import { enrol, unusedAccountId } from '../add-account.ts';
import { newOrganization } from '../new-organization.ts';
import { organizationsState } from '../state.ts';
import type { Organization, Partition } from '../state.ts';
import type { OrganizationCaller } from './caller.ts';
import { accountName, makeTags } from './names.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { memberRole, organizationRole } from './roles.ts';
import { makeUnits } from './units.ts';

export interface OrganizationRequest {
  /** Default: a new account. */
  managementAccountId?: string | undefined;
  /** The management account counted. */
  accounts: number;
  ous: number;
  /** Levels of OUs under the root. */
  depth: number;
  tagsPerAccount: number;
  /** How many members are suspended. */
  suspended: number;
  /** How many members, others than the suspended ones, are without the harvesting role. */
  brokenMemberRoles: number;
  /** Default: another each time. */
  seed?: number | undefined;
  partition: Partition;
  organizationRoleName: string;
  memberRoleName: string;
  /** With a slash at both ends. */
  memberRolePath: string;
  /** The caller that may assume both roles. */
  caller: OrganizationCaller;
  /** Actions that the organization role's policy is short of. */
  withoutActions: string[];
}

export interface GeneratedOrganization {
  organizationId: string;
  managementAccountId: string;
  rootId: string;
  organizationRole: { roleArn: string; externalId: string };
  memberRole: { roleName: string; externalId: string };
  /** Keys of the user that may assume the roles. Present outside of the partition aws, which the partner's role cannot leave. */
  accessKey?: { accessKeyId: string; secretAccessKey: string };
}

export function generateOrganization(world: World, request: OrganizationRequest): GeneratedOrganization {
  const { partition, organizationRoleName, memberRoleName, caller } = request;
  const random = createRandom(request.seed ?? randomInt(2 ** 32));
  const organization = emptyOrganization(world, request, random);
  const { managementAccountId } = organization;
  const units = makeUnits(organization, request.ous, request.depth, random);
  const members = makeMembers(world, organization, request, units, random);

  const active = suspend(organization, members, request.suspended, random);
  const broken = new Set(random.sample(active, request.brokenMemberRoles));
  const externalIds = { organization: random.text(32), member: random.text(32) };
  const harvesting = memberRole({
    partition,
    path: request.memberRolePath,
    roleName: memberRoleName,
    externalId: externalIds.member,
    callerArn: caller.arn,
  });
  const reading = organizationRole(
    { partition, path: '/', roleName: organizationRoleName, externalId: externalIds.organization, callerArn: caller.arn },
    request.withoutActions,
  );
  prepareRoles(world, managementAccountId, [reading, harvesting]);
  const everywhere = [harvesting];
  for (const id of members) if (!broken.has(id)) prepareRoles(world, id, everywhere);
  world.touch(organizationsState);

  return {
    organizationId: organization.id,
    managementAccountId,
    rootId: organization.rootId,
    organizationRole: {
      roleArn: `arn:${partition}:iam::${managementAccountId}:role/${organizationRoleName}`,
      externalId: externalIds.organization,
    },
    memberRole: { roleName: memberRoleName, externalId: externalIds.member },
    ...(caller.accessKey ? { accessKey: caller.accessKey } : {}),
  };
}

function emptyOrganization(world: World, request: OrganizationRequest, random: Random): Organization {
  const { organizations } = organizationsState.of(world);
  let id: string;
  do id = `o-${random.text(10)}`;
  while (organizations.has(id));
  const managementAccountId = request.managementAccountId ?? unusedAccountId(world, () => drawAccountId(random));
  const organization = newOrganization(world, {
    id,
    rootId: `r-${random.text(4)}`,
    partition: request.partition,
    managementAccount: { id: managementAccountId, name: 'Management', email: emailOf(managementAccountId) },
  });
  const tags = makeTags(request.tagsPerAccount, random);
  if (tags.size > 0) organization.accounts.get(managementAccountId)!.tags = tags;
  return organization;
}

/** Members, spread evenly over the OUs; with none, they are all in the root. */
function makeMembers(
  world: World,
  organization: Organization,
  request: OrganizationRequest,
  units: readonly string[],
  random: Random,
): string[] {
  const ids: string[] = [];
  for (let index = 0; index < request.accounts - 1; index += 1) {
    const id = unusedAccountId(world, () => drawAccountId(random));
    const tags = makeTags(request.tagsPerAccount, random);
    organization.accounts.set(id, {
      id,
      name: accountName(index, random),
      email: emailOf(id),
      state: 'ACTIVE',
      joinedMethod: random.integer(4) === 0 ? 'INVITED' : 'CREATED',
      joinedAt: organization.createdAt,
      parentId: units[index % units.length] ?? organization.rootId,
      ...(tags.size > 0 ? { tags } : {}),
    });
    enrol(world, organization, id);
    ids.push(id);
  }
  return ids;
}

/** Suspends some members; answers the others. */
function suspend(organization: Organization, members: readonly string[], count: number, random: Random): string[] {
  const suspended = new Set(random.sample(members, count));
  for (const id of suspended) organization.accounts.get(id)!.state = 'SUSPENDED';
  return members.filter((id) => !suspended.has(id));
}

const drawAccountId = (random: Random): number => 100_000_000_000 + random.integer(900_000) * 1_000_000 + random.integer(1_000_000);
const emailOf = (accountId: string): string => `aws+${accountId}@example.com`;
