/** account-onboarding.yaml, deployed into the sandbox with unmodified AWS SDK clients and delegated credentials. */
import { readFile } from 'node:fs/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { Stack } from '@aws-sdk/client-cloudformation';
import {
  AcceptDelegationRequestCommand,
  SendDelegationTokenCommand,
  AssociateDelegationRequestCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateDelegationRequestCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetDelegatedAccessTokenCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '@muster/aws-sandbox';
import { control, revokeDelegatedAccess } from '@muster/aws-sandbox/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLER_ROLE_ARN, MUSTER_ACCOUNT, NOTIFICATION_TOPIC_ARN, notificationQueueUrl } from '../dev/partner/muster.ts';
import { startMusterSandbox } from '../dev/partner/start-sandbox.ts';

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const partner: Keys = { accessKeyId: MUSTER_ACCOUNT, secretAccessKey: 'any' };
const admin = (accountId: string): Keys => ({ accessKeyId: accountId, secretAccessKey: 'any' });
const boundaryArn = 'arn:aws:iam::partner:policy/permission_boundary/muster.example/harvest-boundary_20261129';
const templateArn = 'arn:aws:iam::partner:policy-template/muster.example/account-onboarding_20261129';
const AssumeRolePolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const externalId = 'external-id-of-this-account';

let sandbox: Sandbox;
let onboarding: string;
beforeAll(async () => {
  sandbox = await startMusterSandbox({ stackStepMs: 5 });
  onboarding = await readFile(new URL('account-onboarding.yaml', import.meta.url), 'utf8');
});
afterAll(() => sandbox.close());

const config = (credentials: Keys) => ({ endpoint: sandbox.baseUrl, region: 'us-east-1', maxAttempts: 1, credentials });
const cloudFormation = (keys: Keys): CloudFormationClient => new CloudFormationClient(config(keys));
const iam = (keys: Keys): IAMClient => new IAMClient(config(keys));

/** Has the approver allow a request for the shipped policy, and redeems the token. */
async function delegate(accountId: string, approver: Keys, names = { role: 'harvest', stack: 'muster-account' }) {
  const { DelegationRequestId } = await iam(partner).send(
    new CreateDelegationRequestCommand({
      OwnerAccountId: accountId,
      Description: 'Onboarding',
      Permissions: {
        PolicyTemplateArn: templateArn,
        Parameters: [
          { Name: 'AccountId', Values: [accountId], Type: 'string' },
          { Name: 'RoleName', Values: [names.role], Type: 'string' },
          { Name: 'StackName', Values: [names.stack], Type: 'string' },
        ],
      },
      RequestorWorkflowId: `muster-${accountId}`,
      NotificationChannel: NOTIFICATION_TOPIC_ARN,
      SessionDuration: 3600,
      OnlySendByOwner: false,
    }),
  );
  await iam(approver).send(new AssociateDelegationRequestCommand({ DelegationRequestId }));
  await iam(approver).send(new AcceptDelegationRequestCommand({ DelegationRequestId }));
  await iam(approver).send(new SendDelegationTokenCommand({ DelegationRequestId }));
  const { Credentials } = await new STSClient(config(partner)).send(
    new GetDelegatedAccessTokenCommand({ TradeInToken: await exchangeToken(DelegationRequestId!) }),
  );
  const keys: Keys = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
  return { requestId: DelegationRequestId!, keys };
}

async function exchangeToken(requestId: string): Promise<string> {
  const sqs = new SQSClient(config(partner));
  const QueueUrl = notificationQueueUrl(sandbox.baseUrl);
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 }));
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const message = JSON.parse((JSON.parse(Body!) as { Message: string }).Message) as { RequestId: string; ExchangeToken?: string };
      if (message.RequestId === requestId && message.ExchangeToken !== undefined) return message.ExchangeToken;
    }
  }
}

const deployment = (roleName = 'harvest', stackName = 'muster-account') =>
  new CreateStackCommand({
    StackName: stackName,
    TemplateBody: onboarding,
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    DisableValidation: true,
    Parameters: Object.entries({
      RoleName: roleName,
      ExternalId: externalId,
      CallerPrincipalArn: CALLER_ROLE_ARN,
      PermissionsBoundaryArn: boundaryArn,
    }).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    ClientRequestToken: `token-${stackName}`,
  });

async function ended(client: CloudFormationClient, StackName: string): Promise<Stack> {
  for (;;) {
    const stack = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
    if (!stack.StackStatus!.endsWith('_IN_PROGRESS')) return stack;
  }
}

const reasonsOf = async (client: CloudFormationClient, StackName: string): Promise<string> =>
  (await client.send(new DescribeStackEventsCommand({ StackName })))
    .StackEvents!.map((event) => `${event.LogicalResourceId} ${event.ResourceStatus} ${event.ResourceStatusReason ?? ''}`)
    .join('\n');

describe('account-onboarding.yaml with the rights of account-policy.json', () => {
  test('D4 D12: makes the role with boundary and external id; the caller role gets in with it and not without', async () => {
    const { keys } = await delegate('111111111111', admin('111111111111'));
    const client = cloudFormation(keys);
    const { StackId } = await client.send(deployment());
    expect((await client.send(deployment())).StackId).toBe(StackId);
    const stack = await ended(client, 'muster-account');
    expect(stack).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [{ OutputKey: 'RoleArn', OutputValue: 'arn:aws:iam::111111111111:role/harvest' }],
    });
    expect(stack.Parameters).toContainEqual({ ParameterKey: 'ExternalId', ParameterValue: '****' });
    expect(await reasonsOf(client, 'muster-account')).toContain('HarvestingRole CREATE_COMPLETE');

    const { Role } = await iam(admin('111111111111')).send(new GetRoleCommand({ RoleName: 'harvest' }));
    expect(Role).toMatchObject({ PermissionsBoundary: { PermissionsBoundaryArn: boundaryArn }, MaxSessionDuration: 3600 });

    const caller = await fetchCallerKeys();
    const assume = (ExternalId?: string) =>
      new STSClient(config(caller)).send(
        new AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: 'muster', ...(ExternalId === undefined ? {} : { ExternalId }) }),
      );
    await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Credentials } = await assume(externalId);
    const harvester = cloudFormation({
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    });
    expect((await harvester.send(new DescribeStacksCommand({ StackName: StackId! }))).Stacks![0]!.StackStatus).toBe('CREATE_COMPLETE');
    await expect(harvester.send(new DeleteStackCommand({ StackName: StackId! }))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('D6: the same rights undo it all', async () => {
    const { keys } = await delegate('111111111112', admin('111111111112'));
    const client = cloudFormation(keys);
    const { StackId } = await client.send(deployment());
    await ended(client, StackId!);
    await client.send(new DeleteStackCommand({ StackName: 'muster-account' }));
    expect((await ended(client, StackId!)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(client.send(new DescribeStacksCommand({ StackName: 'muster-account' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id muster-account does not exist',
    });
    await expect(iam(admin('111111111112')).send(new GetRoleCommand({ RoleName: 'harvest' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });

  test("D6: a role name that is taken rolls the stack back and leaves the customer's own role alone", async () => {
    const customer = iam(admin('111111111113'));
    await customer.send(new CreateRoleCommand({ RoleName: 'harvest', AssumeRolePolicyDocument }));
    const { keys } = await delegate('111111111113', admin('111111111113'));
    const client = cloudFormation(keys);
    await client.send(deployment());
    expect((await ended(client, 'muster-account')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await reasonsOf(client, 'muster-account')).toMatch(
      /HarvestingRole CREATE_FAILED .*identifier 'harvest' already exists.*HandlerErrorCode: AlreadyExists/,
    );
    expect((await customer.send(new GetRoleCommand({ RoleName: 'harvest' }))).Role!.RoleName).toBe('harvest');
  });

  test('D6: an approver without the rights passes none on: access denied, and rolled back', async () => {
    const customer = iam(admin('111111111114'));
    await customer.send(new CreateUserCommand({ UserName: 'approver' }));
    await customer.send(
      new PutUserPolicyCommand({
        UserName: 'approver',
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['cloudformation:*', 'iam:*Delegation*', 'iam:GetRole'], Resource: '*' }],
        }),
      }),
    );
    const { AccessKey } = await customer.send(new CreateAccessKeyCommand({ UserName: 'approver' }));
    const { keys } = await delegate('111111111114', { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });
    const client = cloudFormation(keys);
    await client.send(deployment());
    expect((await ended(client, 'muster-account')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await reasonsOf(client, 'muster-account')).toMatch(
      /HarvestingRole CREATE_FAILED Resource handler returned message: "User: .* is not authorized to perform: iam:CreateRole on resource: .*HandlerErrorCode: AccessDenied/,
    );
  });

  test('D6: access revoked in mid-deploy strands the stack; the customer can still delete it', async () => {
    const { keys, requestId } = await delegate('111111111115', admin('111111111115'));
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 500 });
    const customer = cloudFormation(admin('111111111115'));
    await cloudFormation(keys).send(deployment());
    while (!(await reasonsOf(customer, 'muster-account')).includes('Resource creation Initiated'));
    revokeDelegatedAccess(sandbox.world, requestId);
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 5 });
    expect((await ended(customer, 'muster-account')).StackStatus).toBe('ROLLBACK_FAILED');
    expect(await reasonsOf(customer, 'muster-account')).toMatch(/HarvestingRole DELETE_FAILED .*HandlerErrorCode: InvalidCredentials/);
    await expect(cloudFormation(keys).send(new DescribeStacksCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });

    const { StackId } = (await customer.send(new DescribeStacksCommand({}))).Stacks![0]!;
    await customer.send(new DeleteStackCommand({ StackName: StackId! }));
    expect((await ended(customer, StackId!)).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('D4: reaches no other stack, no role without the boundary, no policy but SecurityAudit', async () => {
    const { keys } = await delegate('111111111116', admin('111111111116'));
    await expect(cloudFormation(keys).send(deployment('harvest', 'other'))).rejects.toMatchObject({ name: 'AccessDenied' });
    const plain = new CreateRoleCommand({ RoleName: 'harvest', AssumeRolePolicyDocument });
    await expect(iam(keys).send(plain)).rejects.toMatchObject({ name: 'AccessDenied' });
    await iam(keys).send(new CreateRoleCommand({ ...plain.input, PermissionsBoundary: boundaryArn }));
    const attach = (PolicyArn: string) => iam(keys).send(new AttachRolePolicyCommand({ RoleName: 'harvest', PolicyArn }));
    await expect(attach('arn:aws:iam::aws:policy/AdministratorAccess')).rejects.toMatchObject({ name: 'AccessDenied' });
    await attach('arn:aws:iam::aws:policy/SecurityAudit');
  });

  test('a policy that someone attached since keeps the role, and the deletion says so', async () => {
    const keys = admin('111111111117');
    const client = cloudFormation(keys);
    await client.send(deployment());
    await ended(client, 'muster-account');
    await iam(keys).send(new AttachRolePolicyCommand({ RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }));
    await client.send(new DeleteStackCommand({ StackName: 'muster-account' }));
    expect((await ended(client, 'muster-account')).StackStatus).toBe('DELETE_FAILED');
    expect(await reasonsOf(client, 'muster-account')).toContain('must detach all policies first');
  });
});

/** Muster's caller role by the instance metadata service, as the workers get it. */
async function fetchCallerKeys(): Promise<Keys> {
  const token = await (
    await fetch(`${sandbox.baseUrl}/latest/api/token`, { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } })
  ).text();
  const path = `${sandbox.baseUrl}/latest/meta-data/iam/security-credentials/`;
  const headers = { 'x-aws-ec2-metadata-token': token };
  const role = await (await fetch(path, { headers })).text();
  const found = (await (await fetch(path + role, { headers })).json()) as Record<string, string>;
  return { accessKeyId: found.AccessKeyId!, secretAccessKey: found.SecretAccessKey!, sessionToken: found.Token! };
}
