/** Users (API_CreateUser.html and its like). */
import { readFields } from '../core/fields.ts';
import { partitionOfArn, uniqueId } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { stsState } from '../sts/state.ts';
import { permittedPrincipal } from './access.ts';
import { accountOf, alreadyExists, limitExceeded } from './accounts.ts';
import { readBoundary } from './boundaries.ts';
import { arnRule, pathRule, quotas, userName } from './rules.ts';
import type { User } from './state.ts';
import { readTags, requestTagContext } from './tagging.ts';
import { publishPrincipal, publishRemoval } from './versions.ts';
import { userView } from './views.ts';

const createUser: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('UserName', userName);
  const path = fields.text('Path', pathRule) ?? '/';
  const boundary = fields.text('PermissionsBoundary', { ...arnRule, required: false });
  fields.check();
  const tags = readTags(fields);
  const { world, caller } = call;
  const arn = `arn:${partitionOfArn(caller.arn)}:iam::${caller.accountId}:user${path}${name}`;
  call.authorize('iam:CreateUser', arn, {
    ...requestTagContext(tags),
    ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
  });
  const { users } = accountOf(world, caller.accountId);
  if (users.has(name.toLowerCase())) throw alreadyExists(`User with name ${name} already exists.`);
  if (users.size >= quotas.usersPerAccount) throw limitExceeded(`Cannot exceed quota for UsersPerAccount: ${quotas.usersPerAccount}`);
  const user: User = {
    name,
    path,
    id: uniqueId('AIDA'),
    arn,
    accountId: caller.accountId,
    createdAt: Date.now(),
    ...(boundary === undefined ? {} : { boundary: readBoundary(world, caller.accountId, boundary) }),
    inline: new Map(),
    attached: [],
    tags,
  };
  users.set(name.toLowerCase(), user);
  publishPrincipal(world, user);
  return { User: userView(user) };
};

/** Without a name it answers the user who asks (API_GetUser.html). */
const getUser: Operation = (input, call) => {
  const fields = readFields(input);
  const ownName = call.caller.kind === 'user' ? call.caller.principalArn.split('/').at(-1)! : undefined;
  const name = fields.text('UserName', { ...userName, required: ownName === undefined }) ?? ownName ?? '';
  fields.check();
  return { User: userView(permittedPrincipal(call, 'user', name, 'GetUser')) };
};

const deleteUser: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('UserName', userName);
  fields.check();
  const user = permittedPrincipal(call, 'user', name, 'DeleteUser');
  const conflict = (reason: string): AwsError => new AwsError('DeleteConflict', `Cannot delete entity, must ${reason}`, 409);
  if (user.attached.length > 0) throw conflict('detach all policies first.');
  if (user.inline.size > 0) throw conflict('delete policies first.');
  const hasKeys = [...stsState.of(call.world).credentials.values()].some(
    ({ caller }) => caller.kind === 'user' && caller.principalArn === user.arn,
  );
  if (hasKeys) throw conflict('delete access keys first.');
  accountOf(call.world, user.accountId).users.delete(user.name.toLowerCase());
  publishRemoval(call.world, user.arn);
};

export const userOperations: Record<string, Operation> = { CreateUser: createUser, GetUser: getUser, DeleteUser: deleteUser };
