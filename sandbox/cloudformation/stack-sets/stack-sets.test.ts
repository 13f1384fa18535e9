/** Stack sets by unmodified SDK clients; the rules are those of the CloudFormation User Guide and API model. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ActivateOrganizationsAccessCommand,
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeOrganizationsAccessCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  ListStackSetsCommand,
  StopStackSetOperationCommand,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
  paginateListStackInstances,
} from '@aws-sdk/client-cloudformation';
import type { CreateStackInstancesCommandInput, CreateStackSetCommandInput, StackSetOperation } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestSandbox } from '../../fixtures/sandbox.ts';
import type { Sandbox } from '../../core/server.ts';
import type { Organization } from '../../organizations/state.ts';
import { adminOf, control } from '../../testing/http.ts';
import { addOrganization, attachScp, testRoot } from '../../testing/organization.ts';

const management = '200000000001';
const [first, second, third] = ['200000000002', '200000000003', '200000000004'] as const;
const Regions = ['us-east-1'];
const calm = { interval: 20, timeout: 60_000 };

const TemplateBody = `
Parameters:
  Name: { Type: String, Default: reader }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref Name
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }]
`;

let sandbox: Sandbox;
let organization: Organization;
beforeAll(async () => {
  sandbox = await startTestSandbox({ stackStepMs: 0 });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset');
  organization = addOrganization(sandbox.world, {
    managementAccountId: management,
    units: { 'ou-test-aaaaaaaa': testRoot, 'ou-test-bbbbbbbb': 'ou-test-aaaaaaaa' },
    accounts: { [first]: 'ou-test-aaaaaaaa', [second]: 'ou-test-bbbbbbbb', [third]: testRoot },
  });
});

const cloudFormation = (accountId = management) => new CloudFormationClient(adminOf(sandbox, accountId));
const trust = () => cloudFormation().send(new ActivateOrganizationsAccessCommand({}));

const serviceManaged = {
  StackSetName: 'readers',
  TemplateBody,
  PermissionModel: 'SERVICE_MANAGED',
  AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
  Capabilities: ['CAPABILITY_NAMED_IAM'],
} satisfies CreateStackSetCommandInput;

const create = (changes: Partial<CreateStackSetCommandInput> = {}) =>
  cloudFormation().send(new CreateStackSetCommand({ ...serviceManaged, ...changes }));

const addInstances = (changes: Partial<CreateStackInstancesCommandInput> = {}) =>
  cloudFormation().send(
    new CreateStackInstancesCommand({
      StackSetName: 'readers',
      DeploymentTargets: { OrganizationalUnitIds: [testRoot] },
      Regions,
      OperationPreferences: { MaxConcurrentCount: 10, FailureToleranceCount: 10 },
      ...changes,
    }),
  );

/** The operation once it has ended. */
function ended(OperationId: string | undefined, StackSetName = 'readers'): Promise<StackSetOperation> {
  return vi.waitFor(async () => {
    const { StackSetOperation: operation } = await cloudFormation().send(
      new DescribeStackSetOperationCommand({ StackSetName, OperationId }),
    );
    expect(['SUCCEEDED', 'FAILED', 'STOPPED']).toContain(operation!.Status);
    return operation!;
  }, calm);
}

async function instances(): Promise<Record<string, string>> {
  const { Summaries } = await cloudFormation().send(new ListStackInstancesCommand({ StackSetName: 'readers' }));
  return Object.fromEntries(Summaries!.map((one) => [one.Account!, `${one.Status} ${one.StackInstanceStatus!.DetailedStatus}`]));
}

const roleIn = (accountId: string, RoleName = 'reader') =>
  new IAMClient(adminOf(sandbox, accountId)).send(new GetRoleCommand({ RoleName }));
const missing = { name: 'NoSuchEntityException' };

describe('service-managed stack sets', () => {
  test('O2: reach every account below the units, those of nested ones too, and never the management account', async () => {
    await trust();
    await create();
    const { OperationId } = await addInstances();
    expect(await ended(OperationId)).toMatchObject({
      Action: 'CREATE',
      Status: 'SUCCEEDED',
      StatusDetails: { FailedStackInstancesCount: 0 },
    });
    const done = 'CURRENT SUCCEEDED';
    expect(await instances()).toEqual({ [first]: done, [second]: done, [third]: done });
    for (const account of [first, second, third]) await expect(roleIn(account)).resolves.toBeDefined();
    await expect(roleIn(management)).rejects.toMatchObject(missing);

    const { StackInstance } = await cloudFormation().send(
      new DescribeStackInstanceCommand({ StackSetName: 'readers', StackInstanceAccount: second, StackInstanceRegion: 'us-east-1' }),
    );
    expect(StackInstance).toMatchObject({ OrganizationalUnitId: testRoot, LastOperationId: OperationId });
    const { Stacks } = await cloudFormation(second).send(new DescribeStacksCommand({ StackName: StackInstance!.StackId! }));
    expect(Stacks![0]!.StackName).toMatch(/^StackSet-readers-/);
    const { StackSet } = await cloudFormation().send(new DescribeStackSetCommand({ StackSetName: 'readers' }));
    expect(StackSet).toMatchObject({ OrganizationalUnitIds: [testRoot], Regions, PermissionModel: 'SERVICE_MANAGED', Status: 'ACTIVE' });
  });

  test('D5: need trusted access, and the management account or its delegated administrator', async () => {
    await expect(create()).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'You must enable organizations access to operate a service managed stack set',
    });
    const status = () => cloudFormation().send(new DescribeOrganizationsAccessCommand({}));
    expect(await status()).toMatchObject({ Status: 'DISABLED' });
    await expect(cloudFormation(first).send(new ActivateOrganizationsAccessCommand({}))).rejects.toMatchObject({
      name: 'InvalidOperationException',
    });
    await trust();
    expect(await status()).toMatchObject({ Status: 'ENABLED' });
    expect(organization.trustedServices.has('member.org.stacksets.cloudformation.amazonaws.com')).toBe(true);
    for (const CallAs of ['SELF', 'DELEGATED_ADMIN'] as const) {
      await expect(cloudFormation(first).send(new CreateStackSetCommand({ ...serviceManaged, CallAs }))).rejects.toMatchObject({
        message: expect.stringContaining('You must be the management account or delegated admin account of an organization'),
      });
    }
    organization.delegatedAdministrators.set(first, new Map([['member.org.stacksets.cloudformation.amazonaws.com', 0]]));
    await cloudFormation(first).send(new CreateStackSetCommand({ ...serviceManaged, CallAs: 'DELEGATED_ADMIN' }));
    // "StackSets with service-managed permissions are created in the management account."
    const { Summaries } = await cloudFormation().send(new ListStackSetsCommand({ Status: 'ACTIVE' }));
    expect(Summaries!.map(({ StackSetName }) => StackSetName)).toEqual(['readers']);
  });

  test('filters narrow the units, and a suspended account is skipped without being a failure', async () => {
    organization.accounts.get(second)!.state = 'SUSPENDED';
    await trust();
    await create({ AutoDeployment: { Enabled: false } });
    const DeploymentTargets = { OrganizationalUnitIds: [testRoot], Accounts: [third], AccountFilterType: 'DIFFERENCE' as const };
    const { OperationId } = await addInstances({ DeploymentTargets, OperationPreferences: {} });
    expect(await ended(OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await instances()).toEqual({ [first]: 'CURRENT SUCCEEDED', [second]: 'OUTDATED SKIPPED_SUSPENDED_ACCOUNT' });
    await expect(roleIn(second)).rejects.toMatchObject(missing);
    const AccountFilterType = 'UNION' as const;
    await expect(addInstances({ DeploymentTargets: { ...DeploymentTargets, AccountFilterType } })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  test('O18: an SCP holds for StackSets in a member, unless it exempts stacksets-exec', async () => {
    await trust();
    await create();
    const denial = { Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*' };
    attachScp(organization, 'ou-test-aaaaaaaa', denial);
    const { OperationId } = await addInstances();
    expect(await ended(OperationId)).toMatchObject({ Status: 'SUCCEEDED', StatusDetails: { FailedStackInstancesCount: 2 } });
    const { Summaries } = await cloudFormation().send(
      new ListStackSetOperationResultsCommand({
        StackSetName: 'readers',
        OperationId,
        Filters: [{ Name: 'OPERATION_RESULT_STATUS', Values: 'FAILED' }],
      }),
    );
    expect(Summaries!.map(({ Account }) => Account)).toEqual([first, second]);
    expect(Summaries![0]!.StatusReason).toMatch(
      /^ResourceLogicalId:Role, ResourceType:AWS::IAM::Role.*explicit deny in a service control policy/,
    );

    const Condition = { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/stacksets-exec-*' } };
    organization.attachments.delete('ou-test-aaaaaaaa');
    attachScp(organization, 'ou-test-aaaaaaaa', { ...denial, Condition });
    expect(await ended((await addInstances()).OperationId)).toMatchObject({ StatusDetails: { FailedStackInstancesCount: 0 } });
    await expect(roleIn(first)).resolves.toBeDefined();
  });

  test('O2: AutoDeployment follows accounts that arrive, move and leave', async () => {
    await trust();
    await create();
    await ended((await addInstances({ DeploymentTargets: { OrganizationalUnitIds: ['ou-test-aaaaaaaa'] } })).OperationId);
    expect(Object.keys(await instances())).toEqual([first, second]);

    organization.accounts.get(third)!.parentId = 'ou-test-bbbbbbbb';
    organization.accounts.get(first)!.parentId = testRoot;
    organization.revision += 1;
    await vi.waitFor(async () => expect(await instances()).toEqual({ [second]: 'CURRENT SUCCEEDED', [third]: 'CURRENT SUCCEEDED' }), calm);
    await expect(roleIn(third)).resolves.toBeDefined();
    await expect(roleIn(first)).rejects.toMatchObject(missing);
  });
});

describe('operations', () => {
  test('are serial and stop at the first failure by default', async () => {
    await trust();
    await create();
    attachScp(organization, first, { Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*' });
    const { OperationId } = await addInstances({ OperationPreferences: {} });
    expect(await ended(OperationId)).toMatchObject({ Status: 'FAILED', StatusDetails: { FailedStackInstancesCount: 1 } });
    expect(await instances()).toEqual({ [first]: 'OUTDATED FAILED', [second]: 'OUTDATED CANCELLED', [third]: 'OUTDATED CANCELLED' });
    // A new operation takes up what is OUTDATED, the failed stack is replaced.
    organization.attachments.delete(first);
    expect(await ended((await addInstances()).OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(Object.values(await instances())).toEqual(Array.from({ length: 3 }, () => 'CURRENT SUCCEEDED'));
  });

  test.each([
    [{ MaxConcurrentCount: 3, ConcurrencyMode: 'STRICT_FAILURE_TOLERANCE' }, 1],
    [{ MaxConcurrentCount: 3, ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' }, 3],
    [{ ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' }, 1],
  ] as const)('with %j and no failure allowed work on %i of three at once', async (OperationPreferences, atOnce) => {
    await trust();
    await create();
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 200 });
    const { OperationId } = await addInstances({ OperationPreferences });
    let most = 0;
    await vi.waitFor(async () => {
      const running = Object.values(await instances()).filter((status) => status.endsWith('RUNNING')).length;
      most = Math.max(most, running);
      const { Summaries } = await cloudFormation().send(new ListStackSetOperationsCommand({ StackSetName: 'readers' }));
      expect(Summaries!.find((one) => one.OperationId === OperationId)!.Status).toBe('SUCCEEDED');
    }, calm);
    expect(most).toBe(atOnce);
  });

  test('one at a time, or queued under managed execution; a repeated operation id is the same operation', async () => {
    await trust();
    await create();
    await create({ StackSetName: 'queued', ManagedExecution: { Active: true } });
    await control(sandbox, 'POST', '/faults', { operation: 'CreateStack', kind: 'delay', ms: 3_600_000 });
    const OperationId = 'operation-1';
    await addInstances({ OperationId });
    await expect(addInstances()).rejects.toMatchObject({ name: 'OperationInProgressException' });
    expect(await addInstances({ OperationId })).toMatchObject({ OperationId });
    await expect(addInstances({ OperationId, Regions: ['eu-west-1'] })).rejects.toMatchObject({
      name: 'OperationIdAlreadyExistsException',
    });
    await expect(cloudFormation().send(new DeleteStackSetCommand({ StackSetName: 'readers' }))).rejects.toMatchObject({
      name: 'OperationInProgressException',
    });

    const ParameterOverrides = [{ ParameterKey: 'Name', ParameterValue: 'queued' }];
    const one = await addInstances({ StackSetName: 'queued', ParameterOverrides });
    const two = await addInstances({ StackSetName: 'queued', ParameterOverrides });
    const { StackSetOperation: waiting } = await cloudFormation().send(
      new DescribeStackSetOperationCommand({ StackSetName: 'queued', OperationId: two.OperationId }),
    );
    expect(waiting!.Status).toBe('QUEUED');
    await control(sandbox, 'DELETE', '/faults');
    const [earlier, later] = [await ended(one.OperationId, 'queued'), await ended(two.OperationId, 'queued')];
    expect(earlier.EndTimestamp!.getTime()).toBeLessThanOrEqual(later.EndTimestamp!.getTime());
    await expect(roleIn(first, 'queued')).resolves.toBeDefined();
  });

  test('a stopped one cancels what has not begun', async () => {
    await trust();
    await create();
    await control(sandbox, 'POST', '/faults', { operation: 'CreateStack', kind: 'delay', ms: 3_600_000 });
    const { OperationId } = await addInstances({ OperationPreferences: {} });
    await cloudFormation().send(new StopStackSetOperationCommand({ StackSetName: 'readers', OperationId }));
    await control(sandbox, 'DELETE', '/faults');
    expect(await ended(OperationId)).toMatchObject({ Status: 'STOPPED' });
    expect(await instances()).toMatchObject({ [third]: 'OUTDATED CANCELLED' });
  });
});

describe('changes', () => {
  test('an update reaches every instance, an override only the instances that it names', async () => {
    await trust();
    await create();
    await ended((await addInstances()).OperationId);
    const updated = await cloudFormation().send(
      new UpdateStackSetCommand({
        StackSetName: 'readers',
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: 'Name', ParameterValue: 'renamed' }],
        OperationPreferences: { MaxConcurrentCount: 3, FailureToleranceCount: 2 },
      }),
    );
    await ended(updated.OperationId);
    await expect(roleIn(second, 'renamed')).resolves.toBeDefined();
    await expect(roleIn(second)).rejects.toMatchObject(missing);
    const overridden = await cloudFormation().send(
      new UpdateStackInstancesCommand({
        StackSetName: 'readers',
        Regions,
        DeploymentTargets: { OrganizationalUnitIds: ['ou-test-bbbbbbbb'] },
        ParameterOverrides: [{ ParameterKey: 'Name', ParameterValue: 'special' }],
      }),
    );
    await ended(overridden.OperationId);
    await expect(roleIn(second, 'special')).resolves.toBeDefined();
    await expect(roleIn(first, 'renamed')).resolves.toBeDefined();
  });

  test('instances go with their stacks, or leave them; a stack set with instances cannot be deleted', async () => {
    await trust();
    await create({ AutoDeployment: { Enabled: false } });
    await ended((await addInstances()).OperationId);
    const deleteSet = () => cloudFormation().send(new DeleteStackSetCommand({ StackSetName: 'readers' }));
    await expect(deleteSet()).rejects.toMatchObject({ name: 'StackSetNotEmptyException' });
    const take = async (unit: string, RetainStacks: boolean) => {
      const { OperationId } = await cloudFormation().send(
        new DeleteStackInstancesCommand({
          StackSetName: 'readers',
          Regions,
          RetainStacks,
          DeploymentTargets: { OrganizationalUnitIds: [unit] },
          OperationPreferences: { MaxConcurrentCount: 3, FailureToleranceCount: 2 },
        }),
      );
      await ended(OperationId);
    };
    await take('ou-test-bbbbbbbb', true);
    expect(Object.keys(await instances())).toEqual([first, third]);
    await expect(roleIn(second)).resolves.toBeDefined();
    await take(testRoot, false);
    expect(await instances()).toEqual({});
    await expect(roleIn(first)).rejects.toMatchObject(missing);
    await deleteSet();
    await expect(cloudFormation().send(new DescribeStackSetCommand({ StackSetName: 'readers' }))).rejects.toMatchObject({
      name: 'StackSetNotFoundException',
    });
  });
});

describe('refused', () => {
  test.each([
    ['a role without the capability', { Capabilities: [] }, 'InsufficientCapabilitiesException'],
    ['a service-managed one without AutoDeployment', { AutoDeployment: undefined }, 'ValidationError'],
    ['a service-managed one with roles', { ExecutionRoleName: 'mine' }, 'ValidationError'],
    ['a template with a macro', { TemplateBody: `Transform: AWS::Serverless-2016-10-31\n${TemplateBody}` }, 'ValidationError'],
    ['a name with a space', { StackSetName: 'two words' }, 'ValidationError'],
  ])('%s', async (_, changes, name) => {
    await trust();
    await expect(create(changes as Partial<CreateStackSetCommandInput>)).rejects.toMatchObject({ name });
  });

  test('a name that is taken, unless it is the same request again', async () => {
    await trust();
    const { StackSetId } = await create({ ClientRequestToken: 'once' });
    expect(await create({ ClientRequestToken: 'once' })).toMatchObject({ StackSetId });
    await expect(create({ ClientRequestToken: 'twice' })).rejects.toMatchObject({ name: 'NameAlreadyExistsException' });
  });

  test.each([
    ['more than 50 units', { OrganizationalUnitIds: Array.from({ length: 51 }, () => testRoot) }],
    ['a unit that is not there', { OrganizationalUnitIds: ['ou-test-missing1'] }],
    ['accounts without a unit', { Accounts: [first] }],
  ])('deployment targets with %s', async (_, DeploymentTargets) => {
    await trust();
    await create();
    await expect(addInstances({ DeploymentTargets })).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('self-managed stack sets', () => {
  const statement = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const selfManaged = { StackSetName: 'readers', TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };

  async function administrationRole() {
    const iam = new IAMClient(adminOf(sandbox, management));
    const RoleName = 'AWSCloudFormationStackSetAdministrationRole';
    const AssumeRolePolicyDocument = statement({
      Effect: 'Allow',
      Principal: { Service: 'cloudformation.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const PolicyDocument = statement({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'assume', PolicyDocument }));
    return Role!.Arn!;
  }

  async function executionRole(accountId: string, trusted: string) {
    const iam = new IAMClient(adminOf(sandbox, accountId));
    const RoleName = 'AWSCloudFormationStackSetExecutionRole';
    const AssumeRolePolicyDocument = statement({ Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument: statement({ Effect: 'Allow', Action: '*', Resource: '*' }) }),
    );
  }

  test('work through an administration and an execution role, in the management account too', async () => {
    const trusted = await administrationRole();
    for (const account of [management, first]) await executionRole(account, trusted);
    await cloudFormation().send(new CreateStackSetCommand(selfManaged));
    const { OperationId } = await addInstances({ DeploymentTargets: undefined, Accounts: [management, first, second] });
    expect(await ended(OperationId)).toMatchObject({ Status: 'SUCCEEDED', StatusDetails: { FailedStackInstancesCount: 1 } });
    await expect(roleIn(management)).resolves.toBeDefined();
    await expect(roleIn(first)).resolves.toBeDefined();
    const { Summaries } = await cloudFormation().send(new ListStackSetOperationResultsCommand({ StackSetName: 'readers', OperationId }));
    expect(Summaries!.find(({ Account }) => Account === second)!.StatusReason).toBe(
      `Account ${second} should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole'.`,
    );
  });
});

test('an operation that a restart interrupts goes on where it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const dataFile = join(folder, 'state');
  const own = await startTestSandbox({ stackStepMs: 100, dataFile });
  const clientOf = (sandbox: Sandbox) => new CloudFormationClient(adminOf(sandbox, management));
  addOrganization(own.world, { managementAccountId: management, accounts: { [first]: testRoot, [second]: testRoot } });
  await clientOf(own).send(new ActivateOrganizationsAccessCommand({}));
  await clientOf(own).send(new CreateStackSetCommand(serviceManaged));
  const { OperationId } = await clientOf(own).send(
    new CreateStackInstancesCommand({ StackSetName: 'readers', DeploymentTargets: { OrganizationalUnitIds: [testRoot] }, Regions }),
  );
  const stacks = async (sandbox: Sandbox, account: string) =>
    (await new CloudFormationClient(adminOf(sandbox, account)).send(new DescribeStacksCommand({}))).Stacks!.map(({ StackId }) => StackId);
  await vi.waitFor(async () => expect(await stacks(own, first)).toHaveLength(1), calm);
  const [begun] = await stacks(own, first);
  await own.close();

  const again = await startTestSandbox({ stackStepMs: 0, dataFile });
  await vi.waitFor(async () => {
    const { StackSetOperation: operation } = await clientOf(again).send(
      new DescribeStackSetOperationCommand({ StackSetName: 'readers', OperationId }),
    );
    expect(operation).toMatchObject({ Status: 'SUCCEEDED', StatusDetails: { FailedStackInstancesCount: 0 } });
  }, calm);
  expect(await stacks(again, first)).toEqual([begun]);
  expect(await stacks(again, second)).toHaveLength(1);
  await again.close();
  await rm(folder, { recursive: true });
});

test('O2: a thousand instances come by one operation and are listed in pages', async () => {
  const accounts = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [String(300_000_000_001 + index), testRoot]));
  addOrganization(sandbox.world, { managementAccountId: '300000000000', accounts });
  const client = cloudFormation('300000000000');
  await client.send(new ActivateOrganizationsAccessCommand({}));
  await client.send(new CreateStackSetCommand(serviceManaged));
  const { OperationId } = await client.send(
    new CreateStackInstancesCommand({
      StackSetName: 'readers',
      DeploymentTargets: { OrganizationalUnitIds: [testRoot] },
      Regions,
      OperationPreferences: { MaxConcurrentPercentage: 100, FailureTolerancePercentage: 10, ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' },
    }),
  );
  await vi.waitFor(
    async () => {
      const { StackSetOperation: operation } = await client.send(
        new DescribeStackSetOperationCommand({ StackSetName: 'readers', OperationId }),
      );
      expect(operation!.Status).toBe('SUCCEEDED');
    },
    { interval: 100, timeout: 300_000 },
  );
  const seen = new Set<string>();
  for await (const page of paginateListStackInstances({ client }, { StackSetName: 'readers' })) {
    for (const { Account, Status } of page.Summaries!) if (Status === 'CURRENT') seen.add(Account!);
  }
  expect(seen.size).toBe(1000);
}, 400_000);
