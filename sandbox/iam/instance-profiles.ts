/** Instance profiles (id_roles_use_switch-role-ec2_instance-profiles.html). */
import { readFields } from '../core/fields.ts';
import { partitionOfArn, uniqueId } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { accountOf, alreadyExists, getInstanceProfile as findProfile, getRole, limitExceeded, noSuchEntity } from './accounts.ts';
import { longName, pathRule, quotas, roleName } from './rules.ts';
import type { InstanceProfile } from './state.ts';
import { readTags, requestTagContext } from './tagging.ts';
import { instanceProfileView } from './views.ts';

const createInstanceProfile: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('InstanceProfileName', longName);
  const path = fields.text('Path', pathRule) ?? '/';
  fields.check();
  const tags = readTags(fields);
  const { world, caller } = call;
  const arn = `arn:${partitionOfArn(caller.arn)}:iam::${caller.accountId}:instance-profile${path}${name}`;
  call.authorize('iam:CreateInstanceProfile', arn, requestTagContext(tags));
  const { instanceProfiles } = accountOf(world, caller.accountId);
  if (instanceProfiles.has(name.toLowerCase())) throw alreadyExists(`Instance Profile ${name} already exists.`);
  if (instanceProfiles.size >= quotas.instanceProfilesPerAccount) {
    throw limitExceeded(`Cannot exceed quota for InstanceProfilesPerAccount: ${quotas.instanceProfilesPerAccount}`);
  }
  const profile: InstanceProfile = { name, path, id: uniqueId('AIPA'), arn, createdAt: Date.now(), tags };
  instanceProfiles.set(name.toLowerCase(), profile);
  world.touch();
  return { InstanceProfile: instanceProfileView(profile, undefined) };
};

const getInstanceProfile: Operation = (input, call) => {
  const profile = readProfile(input, call, 'GetInstanceProfile');
  const role = profile.roleName === undefined ? undefined : getRole(call.world, call.caller.accountId, profile.roleName);
  return { InstanceProfile: instanceProfileView(profile, role) };
};

const addRole: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  fields.check();
  const profile = readProfile(input, call, 'AddRoleToInstanceProfile');
  const role = getRole(call.world, call.caller.accountId, name);
  // A caller that adds a role passes it to EC2 (id_roles_use_passrole.html).
  call.authorize('iam:PassRole', role.arn, { 'iam:PassedToService': 'ec2.amazonaws.com' });
  if (profile.roleName !== undefined) throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
  profile.roleName = role.name;
  call.world.touch();
};

const removeRole: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  fields.check();
  const profile = readProfile(input, call, 'RemoveRoleFromInstanceProfile');
  if (profile.roleName?.toLowerCase() !== name.toLowerCase()) {
    throw noSuchEntity(`Role ${name} in Instance Profile ${profile.name} cannot be found.`);
  }
  delete profile.roleName;
  call.world.touch();
};

const deleteInstanceProfile: Operation = (input, call) => {
  const profile = readProfile(input, call, 'DeleteInstanceProfile');
  if (profile.roleName !== undefined) {
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.', 409);
  }
  accountOf(call.world, call.caller.accountId).instanceProfiles.delete(profile.name.toLowerCase());
  call.world.touch();
};

function readProfile(input: Record<string, unknown>, call: Call, action: string): InstanceProfile {
  const fields = readFields(input);
  const name = fields.text('InstanceProfileName', longName);
  fields.check();
  const { accountId } = call.caller;
  const known = accountOf(call.world, accountId).instanceProfiles.get(name.toLowerCase());
  call.authorize(`iam:${action}`, known?.arn ?? `arn:${partitionOfArn(call.caller.arn)}:iam::${accountId}:instance-profile/${name}`);
  return findProfile(call.world, accountId, name);
}

export const instanceProfileOperations: Record<string, Operation> = {
  CreateInstanceProfile: createInstanceProfile,
  GetInstanceProfile: getInstanceProfile,
  AddRoleToInstanceProfile: addRole,
  RemoveRoleFromInstanceProfile: removeRole,
  DeleteInstanceProfile: deleteInstanceProfile,
};
