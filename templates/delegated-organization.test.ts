/** A delegated session for an organization may deploy and remove its stack and stack set, and nothing else. */
import { readFileSync } from 'node:fs';
import {
  ActivateOrganizationsAccessCommand,
  CloudFormationClient,
  CreateStackCommand,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeOrganizationsAccessCommand,
  DescribeStackResourcesCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  StopStackSetOperationCommand,
  UpdateStackSetCommand,
  type CreateStackSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import {
  AcceptDelegationRequestCommand,
  SendDelegationTokenCommand,
  AssociateDelegationRequestCommand,
  CreateDelegationRequestCommand,
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { DescribeOrganizationCommand, ListAccountsCommand, ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetDelegatedAccessTokenCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '@muster/aws-sandbox';
import { addOrganization, adminOf, delegationRequests, keysOf, testRoot } from '@muster/aws-sandbox/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accountStackName, delegationParameters, memberStackSetName, organizationRoleName } from '../domain/delegation/parameters.ts';
import { CALLER_ROLE_ARN, MUSTER_ACCOUNT, NOTIFICATION_TOPIC_ARN } from '../dev/partner/muster.ts';
import { startMusterSandbox } from '../dev/partner/start-sandbox.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const registration = JSON.parse(read('delegation/registration.json')) as Record<
  'policyTemplates' | 'permissionsBoundaries',
  { arn: string; file: string }[]
>;
const arnOf = (file: string): string =>
  [...registration.policyTemplates, ...registration.permissionsBoundaries].find((entry) => entry.file === file)!.arn;
const boundaryArn = arnOf('organization-boundary.json');

const management = '410000000001';
const members = ['410000000002', '410000000003'];
const requestId = '01900000-0000-7000-8000-0123456789ab';
const roleName = 'muster-harvesting';
const [stackName, stackSetName] = [accountStackName(requestId), memberStackSetName(requestId)];
const tag = { Key: 'muster-request', Value: requestId };
const calm = { interval: 50, timeout: 60_000 };

let sandbox: Sandbox;
let session: object;
beforeAll(async () => {
  sandbox = await startMusterSandbox();
  addOrganization(sandbox.world, {
    managementAccountId: management,
    accounts: Object.fromEntries(members.map((account) => [account, testRoot])),
  });
  await asAdmin().send(new ActivateOrganizationsAccessCommand({}));
  session = await delegate();
}, 60_000);
afterAll(() => sandbox?.close());

const asAdmin = () => new CloudFormationClient(adminOf(sandbox, management));
const cloudFormation = () => new CloudFormationClient(session);
const iam = () => new IAMClient(session);
const organizations = () => new OrganizationsClient(session);

/** A session that an administrator of the management account has allowed. */
async function delegate(): Promise<object> {
  const partner = adminOf(sandbox, MUSTER_ACCOUNT);
  const parameters = delegationParameters({ id: requestId, scope: 'organization', accountId: management, roleName });
  const { DelegationRequestId = '' } = await new IAMClient(partner).send(
    new CreateDelegationRequestCommand({
      OwnerAccountId: management,
      Description: 'An organization',
      Permissions: {
        PolicyTemplateArn: arnOf('organization-policy.json'),
        Parameters: Object.entries(parameters).map(([Name, value]) => ({ Name, Values: [value], Type: 'string' })),
      },
      RequestorWorkflowId: `muster-${requestId}-1`,
      NotificationChannel: NOTIFICATION_TOPIC_ARN,
      SessionDuration: 3600,
    }),
  );
  const approver = new IAMClient(adminOf(sandbox, management));
  await approver.send(new AssociateDelegationRequestCommand({ DelegationRequestId }));
  await approver.send(new AcceptDelegationRequestCommand({ DelegationRequestId }));
  await approver.send(new SendDelegationTokenCommand({ DelegationRequestId }));
  const token = delegationRequests(sandbox.world).find(({ id }) => id === DelegationRequestId)!.token!;
  const { Credentials } = await new STSClient(partner).send(new GetDelegatedAccessTokenCommand({ TradeInToken: token.value }));
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
  return keysOf(sandbox, { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken });
}

const parametersOf = (values: Record<string, string>) =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

const secrets = { organization: 'external-id-of-the-organization', member: 'external-id-of-the-members' };

const deployment = (StackName = stackName, OrganizationRoleName = organizationRoleName(requestId), PermissionsBoundaryArn = boundaryArn) =>
  new CreateStackCommand({
    StackName,
    TemplateBody: read('organization-management.yaml'),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Tags: [tag],
    Parameters: parametersOf({
      OrganizationRoleName,
      OrganizationExternalId: secrets.organization,
      MemberRoleName: roleName,
      MemberExternalId: secrets.member,
      CallerPrincipalArn: CALLER_ROLE_ARN,
      MemberStackSetName: stackSetName,
      PermissionsBoundaryArn,
    }),
  });

const stackSet = (changes: Partial<CreateStackSetCommandInput> = {}) =>
  new CreateStackSetCommand({
    StackSetName: stackSetName,
    TemplateBody: read('organization-member-role.yaml'),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    PermissionModel: 'SERVICE_MANAGED',
    AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
    ManagedExecution: { Active: true },
    Parameters: parametersOf({
      MemberRoleName: roleName,
      MemberExternalId: secrets.member,
      CallerPrincipalArn: CALLER_ROLE_ARN,
    }),
    Tags: [tag],
    ...changes,
  });

const onRoot = (StackSetName = stackSetName) => ({
  StackSetName,
  DeploymentTargets: { OrganizationalUnitIds: [testRoot] },
  Regions: ['us-east-1'],
});

async function stackEnded(StackName: string, status: string): Promise<void> {
  await vi.waitFor(async () => {
    const { Stacks } = await cloudFormation().send(new DescribeStacksCommand({ StackName }));
    expect(Stacks![0]!.StackStatus).toBe(status);
  }, calm);
}

async function operationEnded(OperationId: string | undefined): Promise<void> {
  await vi.waitFor(async () => {
    const { StackSetOperation } = await cloudFormation().send(
      new DescribeStackSetOperationCommand({ StackSetName: stackSetName, OperationId }),
    );
    expect(StackSetOperation!.Status).toBe('SUCCEEDED');
  }, calm);
}

const roleIn = (accountId: string, RoleName: string) =>
  new IAMClient(adminOf(sandbox, accountId)).send(new GetRoleCommand({ RoleName }));
const denied = { name: expect.stringMatching(/^AccessDenied/) };

describe('with the rights of organization-policy.json', () => {
  let stackId: string;

  test('D5: first checks that this is the management account and that StackSets has trusted access', async () => {
    const { Organization } = await organizations().send(new DescribeOrganizationCommand({}));
    expect(Organization!.MasterAccountId).toBe(management);
    expect((await cloudFormation().send(new DescribeOrganizationsAccessCommand({}))).Status).toBe('ENABLED');
    expect((await organizations().send(new ListRootsCommand({}))).Roots![0]!.Id).toBe(testRoot);
  });

  test('D5 O2: creates both roles in the management account, with the boundary', async () => {
    const { StackId } = await cloudFormation().send(deployment());
    stackId = StackId!;
    await stackEnded(stackId, 'CREATE_COMPLETE');
    for (const name of [organizationRoleName(requestId), roleName]) {
      expect((await roleIn(management, name)).Role!.PermissionsBoundary!.PermissionsBoundaryArn).toBe(boundaryArn);
    }
    expect((await cloudFormation().send(new DescribeStackResourcesCommand({ StackName: stackId }))).StackResources).toHaveLength(2);
  });

  test('D5 O2: creates the member role in every other account with its own stack set', async () => {
    await cloudFormation().send(stackSet());
    const { OperationId } = await cloudFormation().send(new CreateStackInstancesCommand(onRoot()));
    await operationEnded(OperationId);
    const { StackSet } = await cloudFormation().send(new DescribeStackSetCommand({ StackSetName: stackSetName }));
    expect(StackSet!.Tags).toEqual([tag]);
    const { Summaries } = await cloudFormation().send(new ListStackInstancesCommand({ StackSetName: stackSetName }));
    expect(Summaries!.map(({ Account }) => Account)).toEqual(members);
    for (const account of members) expect((await roleIn(account, roleName)).Role!.RoleName).toBe(roleName);
  });

  test('D5: cannot activate trusted access for StackSets, because AWS allows delegated sessions only to read the organization', async () => {
    await expect(cloudFormation().send(new ActivateOrganizationsAccessCommand({}))).rejects.toMatchObject(denied);
    await expect(organizations().send(new ListAccountsCommand({}))).rejects.toMatchObject(denied);
  });

  test("D5: touches no stack set but the request's", async () => {
    const other = stackSet({ StackSetName: 'theirs', Tags: [] });
    await expect(cloudFormation().send(other)).rejects.toMatchObject(denied);
    for (const Tags of [[tag], [{ ...tag, Value: 'other' }]]) {
      await expect(cloudFormation().send(stackSet({ StackSetName: 'theirs', Tags }))).rejects.toMatchObject(denied);
    }
    await asAdmin().send(other);
    for (const command of [
      new CreateStackInstancesCommand(onRoot('theirs')),
      new DeleteStackInstancesCommand({ ...onRoot('theirs'), RetainStacks: false }),
      new DeleteStackSetCommand({ StackSetName: 'theirs' }),
      new DescribeStackSetCommand({ StackSetName: 'theirs' }),
      new ListStackInstancesCommand({ StackSetName: 'theirs' }),
      new StopStackSetOperationCommand({ StackSetName: 'theirs', OperationId: 'any' }),
    ]) {
      await expect(cloudFormation().send(command as DeleteStackSetCommand), command.constructor.name).rejects.toMatchObject(denied);
    }
    await expect(
      cloudFormation().send(new UpdateStackSetCommand({ StackSetName: stackSetName, UsePreviousTemplate: true })),
    ).rejects.toMatchObject(denied);
  });

  test('D5: creates only the two roles, and none without the boundary', async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    const create = (RoleName: string, PermissionsBoundary?: string) =>
      iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...(PermissionsBoundary ? { PermissionsBoundary } : {}) }));
    await expect(create(organizationRoleName(requestId))).rejects.toMatchObject(denied);
    await expect(create(roleName, arnOf('permissions-boundary.json'))).rejects.toMatchObject(denied);
    await expect(create('another', boundaryArn)).rejects.toMatchObject(denied);
    await expect(cloudFormation().send(deployment('another'))).rejects.toMatchObject(denied);
  });

  test('D6: removes everything that it deployed', async () => {
    const { OperationId } = await cloudFormation().send(new DeleteStackInstancesCommand({ ...onRoot(), RetainStacks: false }));
    await operationEnded(OperationId);
    await cloudFormation().send(new StopStackSetOperationCommand({ StackSetName: stackSetName, OperationId }));
    await cloudFormation().send(new DeleteStackSetCommand({ StackSetName: stackSetName }));
    await cloudFormation().send(new DeleteStackCommand({ StackName: stackId }));
    await stackEnded(stackId, 'DELETE_COMPLETE');
    for (const account of [management, ...members]) {
      await expect(roleIn(account, roleName)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    }
  });

  test('D6: a stack whose roles are refused is rolled back', async () => {
    const { StackId = '' } = await cloudFormation().send(deployment(stackName, 'another'));
    await stackEnded(StackId, 'ROLLBACK_COMPLETE');
    await expect(roleIn(management, roleName)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  test('D5: a stack set of its name creates only roles', async () => {
    const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
    await cloudFormation().send(stackSet({ TemplateBody, Parameters: [], Capabilities: [] }));
    await expect(cloudFormation().send(new CreateStackInstancesCommand(onRoot()))).rejects.toMatchObject(denied);
  });
});
