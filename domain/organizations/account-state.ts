/** An account's state at AWS, as far as Muster distinguishes it. Suspended and pending accounts are not checked (C2). */
export type AccountState = 'active' | 'suspended' | 'pending_activation';

/**
 * Reads an account's state from ListAccounts. The newer field `State` decides; `Status`, which AWS retires, counts only if
 * `State` is absent. An unknown state counts as active, so that the check of the role shows what is wrong.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
 */
export function readAccountState(account: { state?: string | undefined; status?: string | undefined }): AccountState {
  switch (account.state ?? account.status) {
    case 'SUSPENDED':
    case 'PENDING_CLOSURE':
    case 'CLOSED':
      return 'suspended';
    case 'PENDING_ACTIVATION':
      return 'pending_activation';
    default:
      return 'active';
  }
}
