/** Organizations' things as its answers show them. */
import type { World } from '../core/world.ts';
import { arnOf, organizationArn } from './arns.ts';
import { organizationsState } from './state.ts';
import type { AccountState, Organization, OrganizationAccount, OrganizationPolicy } from './state.ts';
import { nameOf, pathOf } from './tree.ts';

/** Closed accounts were SUSPENDED before State came (orgs_manage_accounts_account_state.html). */
const statusOf: Record<AccountState, string> = {
  PENDING_ACTIVATION: 'ACTIVE',
  ACTIVE: 'ACTIVE',
  SUSPENDED: 'SUSPENDED',
  PENDING_CLOSURE: 'PENDING_CLOSURE',
  CLOSED: 'SUSPENDED',
};

/** The sandbox's organizations always have service control policies enabled. */
function policyTypes(organization: Organization): object[] {
  const enabled = ['SERVICE_CONTROL_POLICY', ...(organization.resourceControl ? ['RESOURCE_CONTROL_POLICY'] : [])];
  return enabled.map((Type) => ({ Type, Status: 'ENABLED' }));
}

export function organizationView(organization: Organization): object {
  return {
    Id: organization.id,
    Arn: organizationArn(organization),
    FeatureSet: 'ALL',
    MasterAccountArn: arnOf(organization, organization.managementAccountId),
    MasterAccountId: organization.managementAccountId,
    MasterAccountEmail: organization.accounts.get(organization.managementAccountId)!.email,
    AvailablePolicyTypes: policyTypes(organization),
  };
}

export function rootView(organization: Organization): object {
  const { rootId } = organization;
  return { Id: rootId, Arn: arnOf(organization, rootId), Name: nameOf(organization, rootId), PolicyTypes: policyTypes(organization) };
}

export function unitView(organization: Organization, id: string): object {
  const { name } = organization.units.get(id)!;
  return { Id: id, Arn: arnOf(organization, id), Name: name, Path: pathOf(organization, id) };
}

export function accountView(world: World, organization: Organization, id: string): object {
  const account = organization.accounts.get(id)!;
  return { ...accountStub(world, organization, account), ...pathsView(world, organization, id) };
}

/** As ListDelegatedAdministrators shows it, without its paths. */
export function accountStub(world: World, organization: Organization, account: OrganizationAccount): object {
  const { settings } = organizationsState.of(world);
  return {
    Id: account.id,
    Arn: arnOf(organization, account.id),
    Email: account.email,
    Name: account.name,
    ...(settings.status ? { Status: statusOf[account.state] } : {}),
    ...(settings.state ? { State: account.state } : {}),
    JoinedMethod: account.joinedMethod,
    JoinedTimestamp: new Date(account.joinedAt),
  };
}

function pathsView(world: World, organization: Organization, id: string): object {
  const { paths } = organizationsState.of(world).settings;
  if (paths === 'off') return {};
  const parent = pathOf(organization, id);
  return { Paths: [paths === 'account' ? `${parent}${id}/` : parent] };
}

export function policySummary(organization: Organization, policy: OrganizationPolicy): object {
  return {
    Id: policy.id,
    Arn: arnOf(organization, policy.id),
    Name: policy.name,
    Description: policy.description,
    Type: policy.type ?? 'SERVICE_CONTROL_POLICY',
    AwsManaged: policy.awsManaged,
  };
}

export function targetView(organization: Organization, id: string): object {
  const Type = id.startsWith('r-') ? 'ROOT' : id.startsWith('ou-') ? 'ORGANIZATIONAL_UNIT' : 'ACCOUNT';
  return { TargetId: id, Arn: arnOf(organization, id), Name: nameOf(organization, id), Type };
}
