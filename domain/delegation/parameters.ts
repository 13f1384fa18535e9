/** The name of the stack that a request deploys into the customer's account. */
export function accountStackName(requestId: string): string {
  return `muster-${requestId}`;
}

/** The parameters of the delegated permission policy: what the session may touch. */
export function delegationParameters(
  request: { id: string; accountId: string; roleName: string },
  permissionsBoundaryArn: string,
): Record<string, string> {
  return {
    AccountId: request.accountId,
    RoleName: request.roleName,
    StackName: accountStackName(request.id),
    BoundaryArn: permissionsBoundaryArn,
  };
}
