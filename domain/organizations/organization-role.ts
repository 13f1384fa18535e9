/**
 * The actions that the organization role needs (O1): what it takes to read accounts, their tags, units, service control
 * policies and their attachments, and to prove itself. Submission is refused while one of them is denied (O5).
 */
export const organizationRoleActions = [
  'iam:SimulatePrincipalPolicy',
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
] as const;

/** Actions that make it faster and whose lack is no failed check: reading tags in bulk. */
export const optionalOrganizationRoleActions = ['tag:GetResources'] as const;
