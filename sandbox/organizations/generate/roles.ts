/** The two roles of an organization that is ready to be added, as an operator would have deployed them. */
import type { PreparedRole } from '../../iam/state.ts';
import type { Partition } from '../state.ts';

/** The actions that read an organization: accounts, their tags, OUs, SCPs and their attachments, and tags in bulk. */
const organizationReads = [
  'organizations:DescribeAccount',
  'organizations:DescribeOrganization',
  'organizations:DescribeOrganizationalUnit',
  'organizations:DescribePolicy',
  'organizations:ListAccounts',
  'organizations:ListAccountsForParent',
  'organizations:ListChildren',
  'organizations:ListDelegatedAdministrators',
  'organizations:ListOrganizationalUnitsForParent',
  'organizations:ListParents',
  'organizations:ListPolicies',
  'organizations:ListPoliciesForTarget',
  'organizations:ListRoots',
  'organizations:ListTagsForResource',
  'organizations:ListTargetsForPolicy',
  'tag:GetResources',
];

export interface RoleRequest {
  partition: Partition;
  /** With a slash at both ends. */
  path: string;
  roleName: string;
  externalId: string;
  /** The ARN of the caller that may assume it. */
  callerArn: string;
}

/** The role in the management account; `withoutActions` leaves it short of some. */
export function organizationRole(request: RoleRequest, withoutActions: readonly string[]): PreparedRole {
  const reads = organizationReads.filter((action) => !withoutActions.includes(action));
  return role(request, [{ Sid: 'ReadOrganization', Effect: 'Allow', Action: reads, Resource: '*' }, checksItself(request)], []);
}

/** The harvesting role, alike in every account. */
export function memberRole(request: RoleRequest): PreparedRole {
  return role(request, [checksItself(request)], [`arn:${request.partition}:iam::aws:policy/SecurityAudit`]);
}

function checksItself({ partition, path, roleName }: RoleRequest): object {
  const own = `arn:${partition}:iam::\${aws:PrincipalAccount}:role${path}${roleName}`;
  return { Sid: 'CheckOwnPermissions', Effect: 'Allow', Action: 'iam:SimulatePrincipalPolicy', Resource: own };
}

function role({ partition, path, roleName, externalId, callerArn }: RoleRequest, statements: object[], attached: string[]): PreparedRole {
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: callerArn },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': externalId } },
  };
  return {
    partition,
    name: roleName,
    path,
    description: 'Read-only access',
    trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    maxSessionDuration: 43_200,
    inline: new Map([['access', JSON.stringify({ Version: '2012-10-17', Statement: statements })]]),
    attached,
    createdAt: Date.now(),
  };
}
