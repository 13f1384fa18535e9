/** D1: the validation before deployment, with and without, and who may read its findings. */
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from '../../core/server.ts';
import type { Sandbox } from '../../core/server.ts';
import { adminOf, keysOf } from '../../testing/http.ts';

const account = '111122223333';
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const opaque =
  /The following hook\(s\)\/validation failed: \[AWS::EarlyValidation::ResourceExistenceCheck\]\. To troubleshoot Early Validation errors, use the DescribeEvents API/;
const alreadyExists = "Resource of type 'AWS::IAM::Role' with identifier 'taken' already exists.";
const Capabilities = ['CAPABILITY_NAMED_IAM' as const];

let sandbox: Sandbox;
let cloudFormation: CloudFormationClient;
let iam: IAMClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  cloudFormation = new CloudFormationClient(adminOf(sandbox, account));
  iam = new IAMClient(adminOf(sandbox, account));
  await iam.send(new CreateRoleCommand({ RoleName: 'taken', AssumeRolePolicyDocument: JSON.stringify(trust) }));
});
afterAll(() => sandbox.close());

const templateOf = (...names: string[]) =>
  JSON.stringify({
    Resources: Object.fromEntries(
      names.map((RoleName) => [`Role${RoleName}`, { Type: 'AWS::IAM::Role', Properties: { RoleName, AssumeRolePolicyDocument: trust } }]),
    ),
  });

async function settled(StackName: string): Promise<string> {
  const status = async () => (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!.StackStatus!;
  await expect.poll(status).toMatch(/(COMPLETE|FAILED)$/);
  return status();
}
const reasons = async (StackName: string) =>
  (await cloudFormation.send(new DescribeStackEventsCommand({ StackName }))).StackEvents!.map((event) => event.ResourceStatusReason ?? '');

describe('D1: a name that is taken', () => {
  test('ends CreateStack before anything is made, with an opaque reason; DescribeEvents has the cause', async () => {
    const { StackId, OperationId } = await cloudFormation.send(
      new CreateStackCommand({ StackName: 'opaque', TemplateBody: templateOf('first', 'taken'), Capabilities }),
    );
    expect(await settled(StackId!)).toBe('ROLLBACK_COMPLETE');
    expect(await reasons('opaque')).toContainEqual(expect.stringMatching(opaque));
    expect((await reasons('opaque')).join()).not.toContain('already exists');
    await expect(iam.send(new GetRoleCommand({ RoleName: 'first' }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    const { OperationEvents } = await cloudFormation.send(new DescribeEventsCommand({ OperationId, Filters: { FailedEvents: true } }));
    expect(OperationEvents).toMatchObject([
      {
        EventType: 'VALIDATION_ERROR',
        DetailedStatus: 'VALIDATION_FAILED',
        LogicalResourceId: 'Roletaken',
        ValidationName: 'AWS::EarlyValidation::ResourceExistenceCheck',
        ValidationStatusReason: alreadyExists,
        ValidationPath: '/Resources/Roletaken/Properties',
      },
    ]);
  });

  test('fails the resource with DisableValidation, as before', async () => {
    const input = { StackName: 'plain', TemplateBody: templateOf('taken'), Capabilities, DisableValidation: true };
    const { StackId } = await cloudFormation.send(new CreateStackCommand(input));
    expect(await settled(StackId!)).toBe('ROLLBACK_COMPLETE');
    expect((await reasons('plain')).join()).toContain(alreadyExists);
  });

  test('ends an update, and the stack stays as it was', async () => {
    await cloudFormation.send(new CreateStackCommand({ StackName: 'updated', TemplateBody: templateOf('own'), Capabilities }));
    expect(await settled('updated')).toBe('CREATE_COMPLETE');
    await cloudFormation.send(new UpdateStackCommand({ StackName: 'updated', TemplateBody: templateOf('own', 'taken'), Capabilities }));
    expect(await settled('updated')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await reasons('updated')).toContainEqual(expect.stringMatching(opaque));
    await expect(iam.send(new GetRoleCommand({ RoleName: 'own' }))).resolves.toBeDefined();
  });

  test('fails a change set, which cannot be executed', async () => {
    const change = { StackName: 'reviewed', ChangeSetName: 'change' };
    await cloudFormation.send(
      new CreateChangeSetCommand({ ...change, ChangeSetType: 'CREATE', TemplateBody: templateOf('taken'), Capabilities }),
    );
    expect(await cloudFormation.send(new DescribeChangeSetCommand(change))).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringMatching(opaque),
    });
    expect((await cloudFormation.send(new DescribeStacksCommand({ StackName: 'reviewed' }))).Stacks![0]!.StackStatus).toBe(
      'REVIEW_IN_PROGRESS',
    );
    const { OperationEvents } = await cloudFormation.send(new DescribeEventsCommand(change));
    expect(OperationEvents).toMatchObject([{ OperationType: 'CREATE_CHANGESET', ValidationStatusReason: alreadyExists }]);
    await expect(cloudFormation.send(new ExecuteChangeSetCommand(change))).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
  });
});

test('D1: cloudformation:DescribeStack* does not cover DescribeEvents', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'reader' }));
  const allow = async (Action: string) => {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
    await iam.send(new PutUserPolicyCommand({ UserName: 'reader', PolicyName: 'p', PolicyDocument }));
  };
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }));
  const reader = new CloudFormationClient(
    keysOf(sandbox, { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }),
  );
  await allow('cloudformation:DescribeStack*');
  await expect(reader.send(new DescribeStackEventsCommand({ StackName: 'opaque' }))).resolves.toBeDefined();
  await expect(reader.send(new DescribeEventsCommand({ StackName: 'opaque' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  await allow('cloudformation:DescribeEvents');
  await expect(reader.send(new DescribeEventsCommand({ StackName: 'opaque' }))).resolves.toBeDefined();
});
