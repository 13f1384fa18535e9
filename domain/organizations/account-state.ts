/** What an account's state at AWS means for us: suspended accounts are never checked, pending ones not yet (C2). */
export type AccountState = 'active' | 'suspended' | 'pending_activation';

/**
 * Reads an account's state as ListAccounts gives it. `State` is the newer field and decides; `Status`, which AWS retires,
 * counts only where `State` is absent. A word that AWS does not have today counts as active, so that the role's own
 * check says what the matter is instead of our ignorance.
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
