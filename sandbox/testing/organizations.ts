/** Organizations made by the control route, and SDK clients that look at them, for tests. */
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '../core/server.ts';
import type { GeneratedOrganization } from '../organizations/generate/index.ts';
import { adminOf, control, keysOf } from './http.ts';

/** Makes an organization, by default 8 accounts in 3 OUs. Throws with the route's sentence when it refuses. */
export async function makeOrganization(sandbox: Sandbox, body: Record<string, unknown> = {}): Promise<GeneratedOrganization> {
  const answer = await control(sandbox, 'POST', '/organizations', { accounts: 8, ous: 3, seed: 1, ...body });
  if (answer.status !== 201) throw new Error(String(answer.body.error));
  return answer.body as unknown as GeneratedOrganization;
}

/** Organizations as an account's administrator sees it. */
export function organizationsOf(sandbox: Sandbox, accountId: string): OrganizationsClient {
  return new OrganizationsClient(adminOf(sandbox, accountId));
}

/** Credentials of a role, assumed as Muster's worker does it. */
export async function assume(
  sandbox: Sandbox,
  roleArn: string,
  externalId: string | undefined,
  as: object = mustersWorker(sandbox),
): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
  const { Credentials } = await new STSClient(as).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'muster', ...(externalId === undefined ? {} : { ExternalId: externalId }) }),
  );
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
}

/** Client settings with the instance credentials of Muster's caller role. */
export function mustersWorker(sandbox: Sandbox): object {
  const { world } = sandbox;
  const role = [...world.state.iam.accounts.get(world.muster.accountId)!.roles.values()].find(
    ({ arn }) => arn === world.muster.callerRoleArn,
  )!;
  const issued = world.issueCredentials({
    accountId: role.accountId,
    arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/i-1`,
    userId: `${role.id}:i-1`,
    principalArn: role.arn,
    kind: 'instance-role',
    sessionPolicies: [],
    expiresAt: Date.now() + 3_600_000,
  });
  return keysOf(sandbox, { accessKeyId: issued.AccessKeyId, secretAccessKey: issued.SecretAccessKey, sessionToken: issued.SessionToken });
}
