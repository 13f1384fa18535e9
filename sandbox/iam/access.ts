/** The condition keys under which an operation on a role or user is permitted. */
import type { Call } from '../core/service.ts';
import { findPrincipal, getPrincipal, principalArn } from './accounts.ts';
import type { PrincipalKind } from './accounts.ts';
import type { Principal } from './state.ts';
import { resourceTagContext } from './tagging.ts';

/**
 * The actions that know the key iam:PermissionsBoundary, beside CreateRole and CreateUser; for any other it is absent, and
 * a statement that demands it allows nothing (Service Authorization Reference,
 * list_awsidentityandaccessmanagementiam.html#awsidentityandaccessmanagementiam-actions-as-permissions).
 */
const boundaryActions = new Set([
  'DeleteRole',
  'GetRole',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
  ...['Role', 'User'].flatMap((kind) => [
    `Attach${kind}Policy`,
    `Delete${kind}PermissionsBoundary`,
    `Delete${kind}Policy`,
    `Detach${kind}Policy`,
    `Put${kind}PermissionsBoundary`,
    `Put${kind}Policy`,
  ]),
]);

/**
 * Asks for permission, then gives the principal. Throws AccessDenied before NoSuchEntity, as IAM does. Where an action
 * knows iam:PermissionsBoundary, it holds the principal's present boundary: that is what "boundary enforced" policies test
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
    ...(known?.boundary === undefined || !boundaryActions.has(action) ? {} : { 'iam:PermissionsBoundary': known.boundary }),
    ...(known ? resourceTagContext(known.tags) : {}),
    ...context,
  });
  return getPrincipal(call.world, kind, call.caller.accountId, name);
}
