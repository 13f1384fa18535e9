/**
 * What the two roles of an organization have to be allowed (O1). The templates grant these actions and the checks ask IAM
 * for them, so the two cannot drift apart.
 */

/** An action that a role has to be allowed, as SimulatePrincipalPolicy takes it. */
export interface RoleAction {
  /** e.g. organizations:ListAccounts */
  action: string;
  /** `own-role`: granted, and therefore to be simulated, on the role's own ARN only; `any`: on every resource. */
  on: 'any' | 'own-role';
}

const onAny = (...actions: string[]): RoleAction[] => actions.map((action) => ({ action, on: 'any' }));

/** By which a role finds out what it lacks (O5, O10). It stands for itself: a role without it cannot even ask. */
const selfCheck: RoleAction = { action: 'iam:SimulatePrincipalPolicy', on: 'own-role' };

/**
 * Without any one of these an organization is refused (O5): organization data and nothing else. AWS's own example of a
 * read-only view of accounts and organizational units has the same set
 * (docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies_example_view_accts_orgs.html; aws-facts §2.3).
 */
export const organizationRoleActions: readonly RoleAction[] = [
  ...onAny(
    'organizations:DescribeAccount',
    'organizations:DescribeOrganization',
    'organizations:DescribeOrganizationalUnit',
    'organizations:DescribePolicy',
    'organizations:ListAccounts',
    'organizations:ListAccountsForParent',
    'organizations:ListChildren',
    'organizations:ListOrganizationalUnitsForParent',
    'organizations:ListParents',
    'organizations:ListPolicies',
    'organizations:ListPoliciesForTarget',
    'organizations:ListRoots',
    'organizations:ListTagsForResource',
    'organizations:ListTargetsForPolicy',
  ),
  selfCheck,
];

/**
 * Used when they are there, never a failed check: tags of all accounts in hundreds instead of one account a call
 * (aws-facts §3.1), and who else may read the organization.
 */
export const optionalOrganizationRoleActions: readonly RoleAction[] = onAny(
  'organizations:ListDelegatedAdministrators',
  'tag:GetResources',
);

/**
 * What a harvesting role is asked for (O10): a cloud whose role lacks one of these carries a warning. One read of each
 * service that nearly every account uses, all of them in AWS's SecurityAudit, which our templates attach: SecurityAudit
 * itself has hundreds of actions, and each costs a part of SimulatePrincipalPolicy's small, unpublished rate
 * (aws-facts §3.3). A missing one tells that the whole policy is missing, cut by a boundary, or denied by an SCP.
 */
export const memberRoleActions: readonly RoleAction[] = [
  ...onAny(
    'cloudtrail:DescribeTrails',
    'config:DescribeConfigurationRecorders',
    'ec2:DescribeInstances',
    'ec2:DescribeSecurityGroups',
    'iam:ListRoles',
    'iam:ListUsers',
    'kms:ListKeys',
    'lambda:ListFunctions',
    'rds:DescribeDBInstances',
    's3:GetBucketPolicy',
    's3:ListAllMyBuckets',
  ),
  selfCheck,
];
