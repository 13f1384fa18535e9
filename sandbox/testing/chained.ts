/** A caller that is a role session got by another role session, as a partner's task or CI role would be. */
import { partitionOfArn } from '../core/ids.ts';
import type { Sandbox } from '../core/server.ts';
import { visiblePrincipal } from '../iam/versions.ts';
import { keysOf } from './http.ts';

/**
 * Client settings of a session of this role, as if another role had assumed it: what it assumes in turn lasts an hour at most
 * (id_roles.html, "Role chaining"). Throws when the sandbox has no such role.
 */
export function chainedKeys({ world, baseUrl }: Pick<Sandbox, 'world' | 'baseUrl'>, roleArn: string): object {
  const role = visiblePrincipal(world, roleArn);
  if (!role) throw new Error(`There is no role ${roleArn}.`);
  const accountId = roleArn.split(':')[4]!;
  const issued = world.issueCredentials({
    accountId,
    arn: `arn:${partitionOfArn(roleArn)}:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1)}/chained`,
    userId: `${role.id}:chained`,
    principalArn: roleArn,
    kind: 'role-session',
    sessionPolicies: [],
    expiresAt: Date.now() + 3_600_000,
  });
  return keysOf(
    { baseUrl },
    { accessKeyId: issued.AccessKeyId, secretAccessKey: issued.SecretAccessKey, sessionToken: issued.SessionToken },
  );
}
