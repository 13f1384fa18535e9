/** muster-caller.yaml, deployed into the sandbox: Muster's own side of AWS. */
import { readFile } from 'node:fs/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { CreateDelegationRequestCommand, CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '@muster/aws-sandbox';
import { adminOf, keysOf } from '@muster/aws-sandbox/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { MUSTER_ACCOUNT, NOTIFICATION_TOPIC_ARN, notificationQueueUrl } from '../dev/partner/muster.ts';
import { startMusterSandbox } from '../dev/partner/start-sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startMusterSandbox({ stackStepMs: 5 });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => sandbox.close());

async function ended(client: CloudFormationClient, StackName: string): Promise<Stack> {
  for (;;) {
    const stack = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
    if (!stack.StackStatus!.endsWith('_IN_PROGRESS')) return stack;
  }
}

test('O2: it deploys, can be read back, updated and deleted', async () => {
  const admin = adminOf(sandbox, '222222222222');
  const client = new CloudFormationClient(admin);
  const body = await readFile(new URL('muster-caller.yaml', import.meta.url), 'utf8');
  expect(await client.send(new ValidateTemplateCommand({ TemplateBody: body }))).toMatchObject({
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await client.send(new CreateStackCommand({ StackName: 'caller', TemplateBody: body, Capabilities, Tags: [{ Key: 'k', Value: 'v' }] }));
  expect(await ended(client, 'caller')).toMatchObject({ StackStatus: 'CREATE_COMPLETE', Tags: [{ Key: 'k', Value: 'v' }] });
  expect((await client.send(new GetTemplateCommand({ StackName: 'caller' }))).TemplateBody).toBe(body);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'caller' }));
  expect(StackResources).toHaveLength(9);
  expect((await client.send(new ListStackResourcesCommand({ StackName: 'caller' }))).StackResourceSummaries).toHaveLength(9);
  expect((await client.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }))).StackSummaries).toHaveLength(1);

  const same = { StackName: 'caller', UsePreviousTemplate: true, Capabilities };
  await expect(client.send(new UpdateStackCommand(same))).rejects.toMatchObject({ message: 'No updates are to be performed.' });
  const trusted = 'arn:aws:iam::222222222222:root';
  await client.send(new UpdateStackCommand({ ...same, Parameters: [{ ParameterKey: 'TrustedPrincipalArns', ParameterValue: trusted }] }));
  expect((await ended(client, 'caller')).StackStatus).toBe('UPDATE_COMPLETE');
  const { Role } = await new IAMClient(admin).send(new GetRoleCommand({ RoleName: 'muster-caller' }));
  expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toContain(trusted);

  const { StackId } = (await client.send(new DescribeStacksCommand({}))).Stacks![0]!;
  await client.send(new DeleteStackCommand({ StackName: 'caller' }));
  expect((await ended(client, StackId!)).StackStatus).toBe('DELETE_COMPLETE');
});

test('O3: a worker finds the caller role without any key; the role may read its queue, and nothing that its policy does not name', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', sandbox.baseUrl);
  const sts = new STSClient({ endpoint: sandbox.baseUrl, region: 'us-east-1', maxAttempts: 1 });
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity.Account).toBe('909090909090');
  expect(identity.Arn).toMatch(/^arn:aws:sts::909090909090:assumed-role\/muster-caller\/i-/);

  const keys = keysOf(sandbox, await sts.config.credentials());
  const sqs = new SQSClient(keys);
  const QueueUrl = notificationQueueUrl(sandbox.baseUrl);
  await expect(sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).resolves.toBeDefined();
  await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).resolves.toBeDefined();
  await expect(new IAMClient(keys).send(new GetRoleCommand({ RoleName: 'muster-caller' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(
      'is not authorized to perform: iam:GetRole on resource: arn:aws:iam::909090909090:role/muster-caller because no identity-based policy allows',
    ),
  });
});

/** The workers' own credentials, as an instance finds them. */
async function callerKeys() {
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', sandbox.baseUrl);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent');
  const sts = new STSClient({ endpoint: sandbox.baseUrl, region: 'us-east-1', maxAttempts: 1 });
  return keysOf(sandbox, await sts.config.credentials());
}

test.each([
  ['another topic', { NotificationChannel: `${NOTIFICATION_TOPIC_ARN}-other` }],
  ['another template', { Permissions: { PolicyTemplateArn: 'arn:aws:iam::partner:policy-template/muster.example/other_20261129' } }],
])('D4: the caller may request nothing with %s', async (_what, changes) => {
  const iam = new IAMClient(await callerKeys());
  const command = new CreateDelegationRequestCommand({
    OwnerAccountId: '111122223333',
    Description: 'Onboarding',
    Permissions: { PolicyTemplateArn: 'arn:aws:iam::partner:policy-template/muster.example/account-onboarding_20261129' },
    RequestorWorkflowId: 'held-to-its-own',
    NotificationChannel: NOTIFICATION_TOPIC_ARN,
    SessionDuration: 3600,
    ...changes,
  });
  await expect(iam.send(command)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('no identity-based policy allows the iam:CreateDelegationRequest action'),
  });
});

test('B3: the caller may not assume a role of its own account that trusts the account', async () => {
  const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${MUSTER_ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  const admin = new IAMClient(adminOf(sandbox, MUSTER_ACCOUNT));
  const { Role } = await admin.send(new CreateRoleCommand({ RoleName: 'trusts-its-account', AssumeRolePolicyDocument }));
  const command = new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: 'muster' });
  await expect(new STSClient(await callerKeys()).send(command)).rejects.toMatchObject({ name: 'AccessDenied' });
});
