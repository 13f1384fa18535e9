/** O4: each partition has Regions, ARNs and credentials of its own (reference-arns.html; access_policies-cross-account-resource-access.html). */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  AttachRolePolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestSandbox, workerRoleArn } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { adminOf, keysOf } from '../testing/http.ts';
import { addOrganization, testRoot } from '../testing/organization.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ stackStepMs: 0 });
});
afterAll(() => sandbox.close());

const statement = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

describe.each([
  ['aws', 'eu-central-1', '1', 'us-gov-west-1'],
  ['aws-us-gov', 'us-gov-west-1', '2', 'us-east-1'],
  ['aws-cn', 'cn-north-1', '3', 'us-east-1'],
  ['aws-eusc', 'eusc-de-east-1', '4', 'us-east-1'],
] as const)('partition %s', (partition, region, digit, elsewhere) => {
  const management = digit.repeat(12);
  const member = `${digit.repeat(11)}0`;
  const inRegion = (accountId: string, where: string = region) => ({ ...adminOf(sandbox, accountId), region: where });

  test('O4: a user assumes a role by its ARN, and the session is of that partition', async () => {
    addOrganization(sandbox.world, { managementAccountId: management, accounts: { [member]: testRoot }, partition });
    const iam = new IAMClient(inRegion(management));
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    expect(User!.Arn).toBe(`arn:${partition}:iam::${management}:user/ann`);
    const PolicyDocument = statement({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:${partition}:iam::*:role/*` });
    await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'assume', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const keys = keysOf(sandbox, { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });

    const inMember = new IAMClient(inRegion(member));
    const AssumeRolePolicyDocument = statement({ Effect: 'Allow', Principal: { AWS: User!.Arn! }, Action: 'sts:AssumeRole' });
    const { Role } = await inMember.send(new CreateRoleCommand({ RoleName: 'harvest', AssumeRolePolicyDocument }));
    expect(Role!.Arn).toBe(`arn:${partition}:iam::${member}:role/harvest`);
    const attach = (owner: string) =>
      inMember.send(new AttachRolePolicyCommand({ RoleName: 'harvest', PolicyArn: `arn:${owner}:iam::aws:policy/SecurityAudit` }));
    await expect(attach(partition)).resolves.toBeDefined();
    await expect(attach(partition === 'aws' ? 'aws-cn' : 'aws')).rejects.toMatchObject({ name: 'InvalidInputException' });

    const sts = new STSClient({ ...keys, region });
    const session = { RoleArn: Role!.Arn!, RoleSessionName: 'session' };
    const { AssumedRoleUser } = await sts.send(new AssumeRoleCommand(session));
    expect(AssumedRoleUser!.Arn).toBe(`arn:${partition}:sts::${member}:assumed-role/harvest/session`);

    // Another partition knows neither these keys nor this role.
    await expect(new STSClient({ ...keys, region: elsewhere }).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    const foreign = session.RoleArn.replace(`arn:${partition}:`, partition === 'aws' ? 'arn:aws-cn:' : 'arn:aws:');
    await expect(sts.send(new AssumeRoleCommand({ ...session, RoleArn: foreign }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: `${foreign} is invalid`,
    });
  });

  test('a role cannot trust a principal of another partition', async () => {
    const principal = partition === 'aws' ? 'arn:aws-us-gov:iam::222222222222:root' : workerRoleArn;
    const AssumeRolePolicyDocument = statement({ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' });
    await expect(
      new IAMClient(inRegion(member)).send(new CreateRoleCommand({ RoleName: 'open', AssumeRolePolicyDocument })),
    ).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException', message: expect.stringContaining('Invalid principal in policy') });
  });
});
