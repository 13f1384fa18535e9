/** Permissions boundaries (access_policies_boundaries.html). */
import { readFields } from '../core/fields.ts';
import { accountOfArn, partitionOfArn } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { partitionOfAccount } from '../organizations/tree.ts';
import { permittedPrincipal } from './access.ts';
import type { PrincipalKind } from './accounts.ts';
import { noSuchEntity } from './accounts.ts';
import { policyText } from './documents.ts';
import { arnRule, roleName, userName } from './rules.ts';
import { publishPrincipal } from './versions.ts';

/** The ARN, if it names a policy that may be a boundary here: AWS's, a partner's registered one, or the account's own. */
export function readBoundary(world: World, accountId: string, arn: string): string {
  const owner = accountOfArn(arn);
  const isPolicy =
    /^arn:[^:]+:iam::(aws|partner|\d{12}):policy\/.+/.test(arn) && partitionOfArn(arn) === partitionOfAccount(world, accountId);
  if (!isPolicy || (/^\d/.test(owner) && owner !== accountId)) {
    throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`);
  }
  if (policyText(world, arn) === undefined) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  return arn;
}

function put(kind: PrincipalKind, action: string): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = kind === 'role' ? fields.text('RoleName', roleName) : fields.text('UserName', userName);
    const boundary = fields.text('PermissionsBoundary', arnRule);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, action, { 'iam:PermissionsBoundary': boundary });
    principal.boundary = readBoundary(call.world, call.caller.accountId, boundary);
    publishPrincipal(call.world, principal);
  };
}

function remove(kind: PrincipalKind, action: string): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = kind === 'role' ? fields.text('RoleName', roleName) : fields.text('UserName', userName);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, action);
    if (principal.boundary === undefined) throw noSuchEntity(`The ${kind} with name ${name} does not have a permissions boundary.`);
    delete principal.boundary;
    publishPrincipal(call.world, principal);
  };
}

export const boundaryOperations: Record<string, Operation> = {
  PutRolePermissionsBoundary: put('role', 'PutRolePermissionsBoundary'),
  DeleteRolePermissionsBoundary: remove('role', 'DeleteRolePermissionsBoundary'),
  PutUserPermissionsBoundary: put('user', 'PutUserPermissionsBoundary'),
  DeleteUserPermissionsBoundary: remove('user', 'DeleteUserPermissionsBoundary'),
};
