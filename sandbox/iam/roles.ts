/** Roles (API_CreateRole.html and its like). */
import { readFields } from '../core/fields.ts';
import { partitionOfArn, uniqueId } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { permittedPrincipal } from './access.ts';
import { accountOf, alreadyExists, limitExceeded } from './accounts.ts';
import { readBoundary } from './boundaries.ts';
import { takePage } from './pages.ts';
import { arnRule, pathPrefix, pathRule, policyDocument, quotas, readPage, roleDescription, roleName } from './rules.ts';
import type { Role } from './state.ts';
import { readTags, requestTagContext } from './tagging.ts';
import { checkTrustPolicy } from './trust.ts';
import { publishPrincipal, publishRemoval } from './versions.ts';
import { roleSummary, roleView } from './views.ts';

const sessionDuration = { min: 3_600, max: 43_200 };

const createRole: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  const path = fields.text('Path', pathRule) ?? '/';
  const trustPolicy = fields.text('AssumeRolePolicyDocument', policyDocument);
  const description = fields.text('Description', roleDescription) ?? '';
  const maxSessionDuration = fields.integer('MaxSessionDuration', sessionDuration) ?? 3_600;
  const boundary = fields.text('PermissionsBoundary', { ...arnRule, required: false });
  fields.check();
  const tags = readTags(fields);

  const { world, caller } = call;
  const arn = `arn:${partitionOfArn(caller.arn)}:iam::${caller.accountId}:role${path}${name}`;
  call.authorize('iam:CreateRole', arn, {
    ...requestTagContext(tags),
    ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
  });
  // "you must also have iam:TagRole" to create with tags (access_tags.html); it does not know the boundary's key.
  if (tags.size > 0) call.authorize('iam:TagRole', arn, requestTagContext(tags));

  const { roles } = accountOf(world, caller.accountId);
  if (roles.has(name.toLowerCase())) throw alreadyExists(`Role with name ${name} already exists.`);
  if (roles.size >= quotas.rolesPerAccount) throw limitExceeded(`Cannot exceed quota for RolesPerAccount: ${quotas.rolesPerAccount}`);
  checkTrustPolicy(world, caller.accountId, trustPolicy);
  const role: Role = {
    name,
    path,
    id: uniqueId('AROA'),
    arn,
    accountId: caller.accountId,
    createdAt: Date.now(),
    ...(boundary === undefined ? {} : { boundary: readBoundary(world, caller.accountId, boundary) }),
    inline: new Map(),
    attached: [],
    tags,
    trustPolicy,
    description,
    maxSessionDuration,
  };
  roles.set(name.toLowerCase(), role);
  publishPrincipal(world, role);
  return { Role: roleView(role) };
};

const getRole: Operation = (input, call) => ({ Role: roleView(readRole(input, call, 'GetRole')) });

const listRoles: Operation = (input, call) => {
  const fields = readFields(input);
  const prefix = fields.text('PathPrefix', pathPrefix) ?? '/';
  const page = readPage(fields);
  fields.check();
  call.authorize('iam:ListRoles', `arn:${partitionOfArn(call.caller.arn)}:iam::${call.caller.accountId}:role/`);
  const all = [...accountOf(call.world, call.caller.accountId).roles.values()].filter(({ path }) => path.startsWith(prefix));
  const { items, rest } = takePage(all, ({ name }) => name, page);
  return { Roles: items.map(roleSummary), ...rest };
};

const deleteRole: Operation = (input, call) => {
  const role = readRole(input, call, 'DeleteRole');
  const account = accountOf(call.world, role.accountId);
  const conflict = (reason: string): AwsError => new AwsError('DeleteConflict', `Cannot delete entity, must ${reason}`, 409);
  if (role.attached.length > 0) throw conflict('detach all policies first.');
  if (role.inline.size > 0) throw conflict('delete policies first.');
  if ([...account.instanceProfiles.values()].some(({ roleName: held }) => held === role.name))
    throw conflict('remove roles from instance profile first.');
  account.roles.delete(role.name.toLowerCase());
  publishRemoval(call.world, role.arn);
};

const updateRole: Operation = (input, call) => {
  const fields = readFields(input);
  const description = fields.text('Description', roleDescription);
  const maxSessionDuration = fields.integer('MaxSessionDuration', sessionDuration);
  fields.check();
  const role = readRole(input, call, 'UpdateRole');
  if (description !== undefined) role.description = description;
  if (maxSessionDuration !== undefined) role.maxSessionDuration = maxSessionDuration;
  publishPrincipal(call.world, role);
};

const updateAssumeRolePolicy: Operation = (input, call) => {
  const fields = readFields(input);
  const trustPolicy = fields.text('PolicyDocument', policyDocument);
  fields.check();
  const role = readRole(input, call, 'UpdateAssumeRolePolicy');
  checkTrustPolicy(call.world, role.accountId, trustPolicy);
  role.trustPolicy = trustPolicy;
  publishPrincipal(call.world, role);
};

function readRole(input: Record<string, unknown>, call: Parameters<Operation>[1], action: string): Role {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  fields.check();
  return permittedPrincipal(call, 'role', name, action) as Role;
}

export const roleOperations: Record<string, Operation> = {
  CreateRole: createRole,
  GetRole: getRole,
  ListRoles: listRoles,
  DeleteRole: deleteRole,
  UpdateRole: updateRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
};
