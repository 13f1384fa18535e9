/** The condition keys under which an operation on a role or user is permitted. */
import type { Call } from '../core/types.ts';
import { findPrincipal, getPrincipal, principalArn } from './accounts.ts';
import type { PrincipalKind } from './accounts.ts';
import type { Principal } from './state.ts';
import { resourceTagContext } from './tagging.ts';

/**
 * Asks for permission, then gives the principal. Throws AccessDenied before NoSuchEntity, as IAM does. The key
 * iam:PermissionsBoundary holds the principal's present boundary: that is what "boundary enforced" policies test
 * (reference_policies_iam-condition-keys.html#available-keys-for-iam).
 */
export function permittedPrincipal(
  call: Call,
  kind: PrincipalKind,
  name: string,
  action: string,
  context: Record<string, string | string[]> = {},
): Principal {
  const known = findPrincipal(call.world, kind, call.caller.accountId, name);
  call.authorize(`iam:${action}`, principalArn(call.world, kind, call.caller.accountId, name), {
    ...(known?.boundary === undefined ? {} : { 'iam:PermissionsBoundary': known.boundary }),
    ...(known ? resourceTagContext(known.tags) : {}),
    ...context,
  });
  return getPrincipal(call.world, kind, call.caller.accountId, name);
}
