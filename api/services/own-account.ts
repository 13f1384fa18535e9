import { accountOfArn } from '../../domain/aws/own-account.ts';
import type { Call } from '../context.ts';
import { ServiceError } from '../problems/service-error.ts';

/**
 * Throws own_account if an account is Muster's own: an API caller could otherwise use Muster's identity in its
 * own account (B3). Compares texts, without a call to AWS. `pointer` is the JSON pointer of the field.
 */
export function refuseOwnAccount(call: Call, accountId: string, pointer: string): void {
  if (accountId !== call.deps.ownAccountId) return;
  const message = `Account ${accountId} is Muster's own account. Muster does not use roles in it, because a caller could then act with Muster's own identity. Use another account.`;
  throw new ServiceError({ code: 'own_account', detail: message, errors: [{ pointer, message }] });
}

/** As refuseOwnAccount, for the account of a role. */
export function refuseOwnRole(call: Call, roleArn: string, pointer: string): void {
  refuseOwnAccount(call, accountOfArn(roleArn), pointer);
}
