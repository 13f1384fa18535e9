/** Long-lived keys of users (id_credentials_access-keys.html). */
import { issueLongLived } from '../auth/credentials.ts';
import { readFields } from '../core/fields.ts';
import type { Call, Operation } from '../core/service.ts';
import { stsState } from '../sts/state.ts';
import { permittedPrincipal } from './access.ts';
import { limitExceeded, noSuchEntity } from './accounts.ts';
import { quotas, userName } from './rules.ts';
import type { IssuedCredentials } from '../sts/state.ts';
import type { Principal } from './state.ts';

function keysOf(call: Call, user: Principal): IssuedCredentials[] {
  return [...stsState.of(call.world).credentials.values()].filter(
    ({ caller }) => caller.kind === 'user' && caller.principalArn === user.arn,
  );
}

const createAccessKey: Operation = (input, call) => {
  const user = readUser(input, call, 'CreateAccessKey');
  if (keysOf(call, user).length >= quotas.accessKeysPerUser) {
    throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${quotas.accessKeysPerUser}`);
  }
  const issued = issueLongLived(call.world, {
    accountId: user.accountId,
    arn: user.arn,
    userId: user.id,
    principalArn: user.arn,
    kind: 'user',
    sessionPolicies: [],
  });
  return {
    AccessKey: {
      UserName: user.name,
      AccessKeyId: issued.accessKeyId,
      Status: 'Active',
      SecretAccessKey: issued.secretAccessKey,
      CreateDate: new Date(),
    },
  };
};

const deleteAccessKey: Operation = (input, call) => {
  const fields = readFields(input);
  const accessKeyId = fields.text('AccessKeyId', { required: true, min: 16, max: 128, pattern: /[\w]+/ });
  fields.check();
  const user = readUser(input, call, 'DeleteAccessKey');
  if (!keysOf(call, user).some((key) => key.accessKeyId === accessKeyId)) {
    throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`);
  }
  stsState.of(call.world).credentials.delete(accessKeyId);
  call.world.touch();
};

function readUser(input: Record<string, unknown>, call: Call, action: string): Principal {
  const fields = readFields(input);
  const name = fields.text('UserName', userName);
  fields.check();
  return permittedPrincipal(call, 'user', name, action);
}

export const accessKeyOperations: Record<string, Operation> = { CreateAccessKey: createAccessKey, DeleteAccessKey: deleteAccessKey };
