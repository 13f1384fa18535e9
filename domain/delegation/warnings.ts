/** A doubt about the account of a request, which does not stop the request. */
export interface RequestWarning {
  code: 'account_suspended';
  message: string;
}

/**
 * The warning that the account is suspended or closed. `awsOrganizationId` is the organization whose newest complete listing
 * shows that; null if the account's own cloud does.
 */
export function suspendedWarning(accountId: string, awsOrganizationId: string | null): RequestWarning {
  const shownBy =
    awsOrganizationId === null ? `The cloud of account ${accountId}` : `The newest listing of organization ${awsOrganizationId}`;
  return {
    code: 'account_suspended',
    message: `${shownBy} shows account ${accountId} as suspended or closed. A suspended account cannot approve the request. Check the account id, or reopen the account.`,
  };
}
