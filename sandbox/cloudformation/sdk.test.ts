/** A partner's stack over HTTP, with unmodified AWS SDK clients. */
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
} from '@aws-sdk/client-cloudformation';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../core/server.ts';
import { partner, startTestSandbox } from '../fixtures/sandbox.ts';
import { adminOf } from '../testing/http.ts';

const body = partner.stack.templateBody;
const Capabilities = ['CAPABILITY_NAMED_IAM' as const];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ stackStepMs: 5 });
});
afterAll(() => sandbox.close());

async function ended(client: CloudFormationClient, StackName: string): Promise<Stack> {
  for (;;) {
    const stack = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
    if (!stack.StackStatus!.endsWith('_IN_PROGRESS')) return stack;
  }
}

test('O2: a stack is created, read back, updated and deleted', async () => {
  const admin = adminOf(sandbox, '222222222222');
  const client = new CloudFormationClient(admin);
  expect(await client.send(new ValidateTemplateCommand({ TemplateBody: body }))).toMatchObject({ Capabilities });
  await client.send(new CreateStackCommand({ StackName: 'own', TemplateBody: body, Capabilities, Tags: [{ Key: 'k', Value: 'v' }] }));
  const stack = await ended(client, 'own');
  expect(stack).toMatchObject({ StackStatus: 'CREATE_COMPLETE', Tags: [{ Key: 'k', Value: 'v' }] });
  expect(stack.Outputs).toContainEqual({ OutputKey: 'RoleArn', OutputValue: 'arn:aws:iam::222222222222:role/worker' });
  expect((await client.send(new GetTemplateCommand({ StackName: 'own' }))).TemplateBody).toBe(body);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'own' }));
  expect(StackResources).toHaveLength(7);
  expect((await client.send(new ListStackResourcesCommand({ StackName: 'own' }))).StackResourceSummaries).toHaveLength(7);
  expect((await client.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }))).StackSummaries).toHaveLength(1);

  const change = { StackName: 'own', Capabilities };
  await expect(client.send(new UpdateStackCommand({ ...change, UsePreviousTemplate: true }))).rejects.toMatchObject({
    message: 'No updates are to be performed.',
  });
  await client.send(new UpdateStackCommand({ ...change, TemplateBody: body.replace('ec2.amazonaws.com', 'lambda.amazonaws.com') }));
  expect((await ended(client, 'own')).StackStatus).toBe('UPDATE_COMPLETE');
  const { Role } = await new IAMClient(admin).send(new GetRoleCommand({ RoleName: 'worker' }));
  expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toContain('lambda.amazonaws.com');

  await client.send(new DeleteStackCommand({ StackName: 'own' }));
  expect((await ended(client, stack.StackId!)).StackStatus).toBe('DELETE_COMPLETE');
});

test.each([
  ['AlreadyExistsException', { StackName: partner.stack.name }],
  ['InsufficientCapabilitiesException', { Capabilities: [] }],
  ['ValidationError', { TemplateBody: 'x' }],
])('%s has the name that the SDK models', async (name, more) => {
  const client = new CloudFormationClient(adminOf(sandbox, partner.accountId));
  await expect(client.send(new CreateStackCommand({ StackName: 'new', TemplateBody: body, Capabilities, ...more }))).rejects.toMatchObject({
    name,
  });
});
