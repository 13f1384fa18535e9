/**
 * The actions that the two roles of an organization need (O1). The templates grant these actions and the checks simulate
 * them, so the two cannot drift apart.
 */

/** An action that a role needs, as SimulatePrincipalPolicy takes it. */
export interface RoleAction {
  /** e.g. organizations:ListAccounts */
  action: string;
  /** `own-role`: granted and simulated on the role's own ARN only; `any`: on every resource. */
  on: 'any' | 'own-role';
}

const onAny = (...actions: string[]): RoleAction[] => actions.map((action) => ({ action, on: 'any' }));

/** With this action a role can simulate its own permissions (O5, O10). */
const selfCheck: RoleAction = { action: 'iam:SimulatePrincipalPolicy', on: 'own-role' };

/**
 * An organization is refused if its role lacks one of these (O5). They read organization data and nothing else. AWS's
 * example of a read-only view of accounts and organizational units has the same set
 * (docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies_example_view_accts_orgs.html).
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
 * Used if they are granted; a role without them passes its checks. They read the tags of a hundred accounts per call
 * instead of one (Resource Groups Tagging API, GetResources), and the organization's delegated administrators.
 */
export const optionalOrganizationRoleActions: readonly RoleAction[] = onAny(
  'organizations:ListDelegatedAdministrators',
  'tag:GetResources',
);

/**
 * The actions that a harvesting role must have (O10): a cloud whose role lacks one gets a warning. They are one read action
 * of each service that nearly every account uses. All are in AWS's SecurityAudit policy, which Muster's templates attach.
 * That policy has hundreds of actions, and simulating all of them would exceed the small, unpublished rate of
 * SimulatePrincipalPolicy. If one is missing, the whole policy is missing or a boundary or SCP denies it.
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
