/** D5: a partner whose own caller is a session that another role has assumed. Such a session lasts an hour (id_roles.html, "Role chaining"). */
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../core/server.ts';
import { assume, makeOrganization } from '../fixtures/organizations.ts';
import { startTestSandbox, workerRoleArn } from '../fixtures/sandbox.ts';
import { partnerAccount } from '../fixtures/world.ts';
import { adminOf, keysOf } from '../testing/http.ts';
import { chainedKeys } from '../testing/chained.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

test('D5: a chained caller assumes the roles of customers, for an hour at most', async () => {
  const made = await makeOrganization(sandbox, { callerArn: workerRoleArn });
  const chained = chainedKeys(sandbox, workerRoleArn);
  const sts = new STSClient(chained);
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:sts::${partnerAccount}:assumed-role/worker/chained`);
  const { roleArn, externalId } = made.organizationRole;
  const session = await assume(sandbox, roleArn, externalId, chained);
  await expect(new OrganizationsClient(keysOf(sandbox, session)).send(new DescribeOrganizationCommand({}))).resolves.toBeDefined();

  const longer = { RoleArn: roleArn, ExternalId: externalId, RoleSessionName: 'session' };
  await sts.send(new AssumeRoleCommand({ ...longer, DurationSeconds: 3_600 }));
  await expect(sts.send(new AssumeRoleCommand({ ...longer, DurationSeconds: 3_601 }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
  });
});

test('D5: a chained caller loses its rights with its role', async () => {
  const iam = new IAMClient(adminOf(sandbox, partnerAccount));
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: partnerAccount }, Action: 'sts:AssumeRole' }],
  });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'short-lived', AssumeRolePolicyDocument: trust }));
  const chained = chainedKeys(sandbox, Role!.Arn!);
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'short-lived', PolicyName: 'deny', PolicyDocument }));
  await expect(
    new IAMClient(chained).send(new UpdateAssumeRolePolicyCommand({ RoleName: 'short-lived', PolicyDocument: trust })),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
