import type { DelegationScope } from './states.ts';

/** The name of the stack that a request deploys into the customer's account. */
export function accountStackName(requestId: string): string {
  return `muster-${requestId}`;
}

/** The name of the stack set that a request for an organization deploys. Stack sets have a namespace of their own. */
export function memberStackSetName(requestId: string): string {
  return `muster-${requestId}`;
}

/**
 * The name of the organization role that a request for an organization deploys. It contains the random end of the
 * request's id, so that it collides with no existing role.
 */
export function organizationRoleName(requestId: string): string {
  return `muster-organization-${requestId.slice(-8)}`;
}

/** The parameters of the delegated permission policy, which limit the session to Muster's resources. An organization has two more. */
export function delegationParameters(request: {
  id: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
}): Record<string, string> {
  const common = {
    AccountId: request.accountId,
    RoleName: request.roleName,
    StackName: accountStackName(request.id),
  };
  if (request.scope === 'account') return common;
  // The stack set has the stack's name, so one parameter serves both.
  return { ...common, OrganizationRoleName: organizationRoleName(request.id), RequestId: request.id };
}
