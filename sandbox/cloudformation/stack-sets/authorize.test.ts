/** The permissions that stack set operations need (Service Authorization Reference, "AWS CloudFormation"), and faults in the members. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { administrator } from '../../auth/credentials.ts';
import { controlState } from '../../control/state.ts';
import type { Caller } from '../../core/caller.ts';
import type { PolicyStatement } from '../../policy/document.ts';
import type { FaultKind } from '../../control/state.ts';
import { addOrganization, testRoot } from '../../testing/organization.ts';
import { createTestWorld } from '../../fixtures/world.ts';
import type { TestWorld } from '../../fixtures/world.ts';

const management = '200000000001';
const [first, second] = ['200000000002', '200000000003'] as const;
const calm = { interval: 20, timeout: 60_000 };

const TemplateBody = `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }]
`;
const serviceManaged = {
  StackSetName: 'readers',
  TemplateBody,
  PermissionModel: 'SERVICE_MANAGED',
  AutoDeployment: { Enabled: false },
  Capabilities: ['CAPABILITY_NAMED_IAM'],
};
const instances = {
  StackSetName: 'readers',
  DeploymentTargets: { OrganizationalUnitIds: ['ou-test-aaaaaaaa'] },
  Regions: ['us-east-1'],
  OperationPreferences: { MaxConcurrentCount: 10, FailureToleranceCount: 10, ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' },
};
const arn = {
  set: `arn:aws:cloudformation:us-east-1:${management}:stackset/readers:*`,
  unit: `arn:aws:cloudformation:us-east-1:${management}:stackset-target/readers:*/ou-test-aaaaaaaa`,
  type: `arn:aws:cloudformation:us-east-1:${management}:type/resource/AWS-IAM-Role`,
};

let testWorld: TestWorld;
beforeEach(async () => {
  testWorld = createTestWorld();
  addOrganization(testWorld.world, {
    managementAccountId: management,
    units: { 'ou-test-aaaaaaaa': testRoot, 'ou-test-bbbbbbbb': testRoot },
    accounts: { [first]: 'ou-test-aaaaaaaa', [second]: 'ou-test-aaaaaaaa' },
  });
  await admin('ActivateOrganizationsAccess', {});
});
afterEach(() => testWorld.stop());

const call = (caller: Caller, operation: string, input: object) =>
  testWorld.world.invoke('cloudformation', operation, input as Record<string, unknown>, caller);
const admin = (operation: string, input: object) => call(administrator(management), operation, input);

/** A user of the management account who may do just this. */
async function userWith(...Statement: Pick<PolicyStatement, 'Action' | 'Resource' | 'Condition'>[]): Promise<Caller> {
  const asAdmin = testWorld.as(management);
  const { User } = await asAdmin<{ User: { Arn: string; UserId: string } }>('iam', 'CreateUser', { UserName: 'user' });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: Statement.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
  await asAdmin('iam', 'PutUserPolicy', { UserName: 'user', PolicyName: 'p', PolicyDocument });
  return { accountId: management, arn: User.Arn, userId: User.UserId, principalArn: User.Arn, kind: 'user', sessionPolicies: [] };
}

const deniedOn = (resource: string) => ({ code: 'AccessDenied', message: expect.stringContaining(`on resource: ${resource} `) });

describe('creating a stack set', () => {
  const Tags = [{ Key: 'owner', Value: 'partner' }];
  const create = { Action: 'cloudformation:CreateStackSet', Resource: '*' };

  test('O2: is asked about every resource, because it knows none: a statement that names the stack set allows nothing', async () => {
    const user = await userWith({ ...create, Resource: arn.set });
    await expect(call(user, 'CreateStackSet', serviceManaged)).rejects.toMatchObject(deniedOn('*'));
  });

  test('O2: is bound by the tags of the request', async () => {
    const user = await userWith(
      { ...create, Condition: { StringEquals: { 'aws:RequestTag/owner': 'partner' } } },
      { Action: 'cloudformation:TagResource', Resource: arn.set },
    );
    await expect(call(user, 'CreateStackSet', serviceManaged)).rejects.toMatchObject(deniedOn('*'));
    const other = { ...serviceManaged, Tags: [{ Key: 'owner', Value: 'other' }] };
    await expect(call(user, 'CreateStackSet', other)).rejects.toMatchObject(deniedOn('*'));
    await call(user, 'CreateStackSet', { ...serviceManaged, Tags });
  });

  test('O2: with tags fails without the right to tag', async () => {
    const user = await userWith(create);
    await expect(call(user, 'CreateStackSet', { ...serviceManaged, Tags })).rejects.toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('cloudformation:TagResource'),
    });
    await call(user, 'CreateStackSet', serviceManaged);
  });
});

describe.each(['CreateStackInstances', 'DeleteStackInstances', 'UpdateStackInstances'])('%s', (operation) => {
  const Action = `cloudformation:${operation}`;
  const input = { ...instances, RetainStacks: false };

  test.each([
    ['the stack set', [arn.unit, arn.type], 'stackset/readers:'],
    ['the unit', [arn.set, arn.type], 'stackset-target/readers:'],
    ['the resource type', [arn.set, arn.unit], 'type/resource/AWS-IAM-Role'],
  ])('O2: is asked about %s, too', async (_what, Resource, missing) => {
    await admin('CreateStackSet', serviceManaged);
    const user = await userWith({ Action, Resource });
    await expect(call(user, operation, input)).rejects.toMatchObject({
      code: 'AccessDenied',
      message: expect.stringMatching(new RegExp(`${Action} on resource: \\S+${missing}`)),
    });
  });

  test('O2: goes to the units and Regions that are allowed, and to no others', async () => {
    await admin('CreateStackSet', serviceManaged);
    const user = await userWith({ Action, Resource: Object.values(arn) });
    const elsewhere = { ...input, DeploymentTargets: { OrganizationalUnitIds: ['ou-test-bbbbbbbb'] } };
    await expect(call(user, operation, elsewhere)).rejects.toMatchObject({ code: 'AccessDenied' });
    await expect(call(user, operation, { ...input, Regions: ['eu-west-1'] })).rejects.toMatchObject({ code: 'AccessDenied' });
    await call(user, operation, input);
  });
});

describe('a fault in one member', () => {
  const strike = (kind: FaultKind, ms = 0) =>
    controlState
      .of(testWorld.world)
      .faults.push({ service: 'cloudformation', operation: 'CreateStack', accountId: first, kind, rate: 1, ms });

  async function statuses(): Promise<Record<string, string>> {
    const { Summaries } = (await admin('ListStackInstances', { StackSetName: 'readers' })) as {
      Summaries: { Account: string; StackInstanceStatus: { DetailedStatus: string } }[];
    };
    return Object.fromEntries(Summaries.map(({ Account, StackInstanceStatus }) => [Account, StackInstanceStatus.DetailedStatus]));
  }

  test('D5: holds its instance back until it is taken away, and no other', async () => {
    strike('delay', 3_600_000);
    await admin('CreateStackSet', serviceManaged);
    await admin('CreateStackInstances', instances);
    await vi.waitFor(async () => expect(await statuses()).toEqual({ [first]: 'RUNNING', [second]: 'SUCCEEDED' }), calm);
    controlState.of(testWorld.world).faults.length = 0;
    await vi.waitFor(async () => expect(await statuses()).toEqual({ [first]: 'SUCCEEDED', [second]: 'SUCCEEDED' }), calm);
  });

  test('D5: fails its instance alone', async () => {
    strike('access_denied');
    await admin('CreateStackSet', serviceManaged);
    await admin('CreateStackInstances', instances);
    await vi.waitFor(async () => expect(await statuses()).toEqual({ [first]: 'FAILED', [second]: 'SUCCEEDED' }), calm);
  });
});
