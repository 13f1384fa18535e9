/**
 * D5: boto3 calls every operation that the sandbox answers, and reads each answer by AWS's own API model. The table of
 * operations is the sandbox's own, so that an operation without a call fails the last test.
 */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../core/modules.ts';
import type { Sandbox } from '../core/server.ts';
import type { ServiceName } from '../core/service-name.ts';
import { requestInput } from '../fixtures/partner.ts';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import { customerAccount, partnerAccount } from '../fixtures/world.ts';
import { answeredOperations } from '../models/operations.ts';
import { delegationRequests } from '../testing/delegation.ts';
import { control } from '../testing/http.ts';
import { startBoto } from './boto.ts';
import type { Boto } from './boto.ts';
import { pythonIsMissing, pythonProgram } from './python.ts';

const management = '700000000001';
const account = '700000000009';
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allowAll = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const trust = (principal: string) => document({ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' });
const root = (id: string) => `arn:aws:iam::${id}:root`;

/** An HTTP endpoint that hears the token of its subscription. */
async function listen(): Promise<{ url: string; token: Promise<string>; close(): void }> {
  let hear: (token: string) => void = () => undefined;
  const token = new Promise<string>((resolve) => (hear = resolve));
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      response.end();
      hear((JSON.parse(body) as { Token: string }).Token);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token, close: () => void server.close() };
}

const skipped = pythonIsMissing();

describe.skipIf(skipped !== undefined)(`D5: boto3 reads every answer${skipped === undefined ? '' : ` (${skipped})`}`, () => {
  let sandbox: Sandbox;
  let boto: Boto;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    await control(sandbox, 'PUT', '/limits', { mode: 'off' });
    boto = startBoto(sandbox.baseUrl);
  });
  afterAll(async () => {
    await boto?.close();
    await sandbox?.close();
  });

  /** Calls as an account's administrator, until `isDone`. */
  async function until<T>(call: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
    let last: T | undefined;
    await expect.poll(async () => isDone((last = await call()))).toBe(true);
    return last!;
  }

  test('IAM: roles', async () => {
    const iam = (operation: string, input?: object) => boto.call(account, 'iam', operation, input);
    const RoleName = 'audit';
    const { Role } = await iam('CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: trust(root(account)),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(Role).toMatchObject({ RoleName, AssumeRolePolicyDocument: { Version: '2012-10-17' }, Tags: [{ Key: 'a', Value: 'b' }] });
    await expect(iam('UpdateRole', { RoleName, Description: 'changed', MaxSessionDuration: 7200 })).resolves.toEqual({});
    await iam('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust(root(account)) });
    expect((await iam('GetRole', { RoleName })).Role).toMatchObject({ Description: 'changed', MaxSessionDuration: 7200 });
    expect((await iam('ListRoles')).Roles).toHaveLength(1);
    await iam('TagRole', { RoleName, Tags: [{ Key: 'c', Value: '' }] });
    await iam('UntagRole', { RoleName, TagKeys: ['a'] });
    expect((await iam('ListRoleTags', { RoleName })).Tags).toEqual([{ Key: 'c', Value: '' }]);

    await iam('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: allowAll });
    expect((await iam('GetRolePolicy', { RoleName, PolicyName: 'p' })).PolicyDocument).toEqual(JSON.parse(allowAll));
    expect((await iam('ListRolePolicies', { RoleName })).PolicyNames).toEqual(['p']);
    const { Policy } = await iam('CreatePolicy', { PolicyName: 'managed', PolicyDocument: allowAll });
    const PolicyArn = Policy.Arn as string;
    await iam('AttachRolePolicy', { RoleName, PolicyArn });
    expect((await iam('ListAttachedRolePolicies', { RoleName })).AttachedPolicies).toEqual([{ PolicyName: 'managed', PolicyArn }]);
    expect((await iam('GetPolicy', { PolicyArn })).Policy).toMatchObject({ AttachmentCount: 1, IsAttachable: true });
    expect((await iam('GetPolicyVersion', { PolicyArn, VersionId: 'v1' })).PolicyVersion.Document).toEqual(JSON.parse(allowAll));
    expect((await iam('ListPolicies', { Scope: 'Local' })).Policies).toHaveLength(1);
    await iam('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: PolicyArn });
    await iam('DeleteRolePermissionsBoundary', { RoleName });

    await iam('CreateInstanceProfile', { InstanceProfileName: 'profile' });
    await iam('AddRoleToInstanceProfile', { InstanceProfileName: 'profile', RoleName });
    expect((await iam('GetInstanceProfile', { InstanceProfileName: 'profile' })).InstanceProfile.Roles).toHaveLength(1);
    await iam('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'profile', RoleName });
    await iam('DeleteInstanceProfile', { InstanceProfileName: 'profile' });

    const asked = { ActionNames: ['s3:GetObject', 'iam:GetRole'] };
    const principal = await iam('SimulatePrincipalPolicy', { PolicySourceArn: Role.Arn, ...asked });
    expect(principal.EvaluationResults.map(({ EvalDecision }: { EvalDecision: string }) => EvalDecision)).toEqual(['allowed', 'allowed']);
    const custom = await iam('SimulateCustomPolicy', { PolicyInputList: [allowAll], ...asked, MaxItems: 1 });
    expect(custom).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });

    await iam('DetachRolePolicy', { RoleName, PolicyArn });
    await iam('DeletePolicy', { PolicyArn });
    await iam('DeleteRolePolicy', { RoleName, PolicyName: 'p' });
    await iam('DeleteRole', { RoleName });
    expect((await iam('ListRoles')).Roles).toEqual([]);
  });

  test('IAM: users', async () => {
    const iam = (operation: string, input?: object) => boto.call(account, 'iam', operation, input);
    const user = { UserName: 'ann' };
    await iam('CreateUser', user);
    const boundary = { ...user, PermissionsBoundary: 'arn:aws:iam::aws:policy/SecurityAudit' };
    await iam('PutUserPermissionsBoundary', boundary);
    expect((await iam('GetUser', user)).User).toMatchObject({ PermissionsBoundary: { PermissionsBoundaryType: 'Policy' } });
    await iam('DeleteUserPermissionsBoundary', user);
    await iam('PutUserPolicy', { ...user, PolicyName: 'p', PolicyDocument: allowAll });
    expect((await iam('ListUserPolicies', user)).PolicyNames).toEqual(['p']);
    expect((await iam('GetUserPolicy', { ...user, PolicyName: 'p' })).PolicyDocument).toEqual(JSON.parse(allowAll));
    await iam('AttachUserPolicy', { ...user, PolicyArn: boundary.PermissionsBoundary });
    expect((await iam('ListAttachedUserPolicies', user)).AttachedPolicies).toHaveLength(1);
    await iam('DetachUserPolicy', { ...user, PolicyArn: boundary.PermissionsBoundary });

    const { AccessKey } = await iam('CreateAccessKey', user);
    const keys = { id: AccessKey.AccessKeyId as string, secret: AccessKey.SecretAccessKey as string };
    expect((await boto.call(keys, 'sts', 'GetCallerIdentity')).Arn).toBe(`arn:aws:iam::${account}:user/ann`);
    await iam('CreateRole', { RoleName: 'assumed', AssumeRolePolicyDocument: trust(root(account)) });
    const RoleArn = `arn:aws:iam::${account}:role/assumed`;
    const session = await boto.call(keys, 'sts', 'AssumeRole', { RoleArn, RoleSessionName: 'session' });
    const { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token } = session.Credentials;
    expect(await boto.call({ id, secret, token }, 'sts', 'GetCallerIdentity')).toMatchObject({ Account: account });

    await iam('DeleteAccessKey', { ...user, AccessKeyId: keys.id });
    await iam('DeleteUserPolicy', { ...user, PolicyName: 'p' });
    await iam('DeleteUser', user);
  });

  test('IAM and STS: temporary delegation', async () => {
    const customer = (operation: string, input?: object) => boto.call(customerAccount, 'iam', operation, input);
    const input = { ...requestInput(), SessionDuration: 3600 };
    let created = 0;
    const create = async () => {
      created += 1;
      const RequestorWorkflowId = `workflow-${created}`;
      const answer = await boto.call(partnerAccount, 'iam', 'CreateDelegationRequest', { ...input, RequestorWorkflowId });
      return { DelegationRequestId: answer.DelegationRequestId as string };
    };
    const rejected = await create();
    await customer('AssociateDelegationRequest', rejected);
    await customer('RejectDelegationRequest', { ...rejected, Notes: 'no' });
    const request = await create();
    await customer('AssociateDelegationRequest', request);
    await customer('UpdateDelegationRequest', { ...request, Notes: 'please' });
    const EntityArn = `arn:aws:iam::${customerAccount}:delegation-request/${request.DelegationRequestId}`;
    expect(await customer('GetHumanReadableSummary', { EntityArn, Locale: 'en' })).toMatchObject({ SummaryState: 'AVAILABLE' });
    await customer('AcceptDelegationRequest', request);
    const read = await customer('GetDelegationRequest', { ...request, DelegationPermissionCheck: true });
    // The API's acceptance records the approver only (API model, SendDelegationToken).
    expect(read).toMatchObject({ DelegationRequest: { State: 'ACCEPTED' }, PermissionCheckStatus: 'COMPLETE' });
    await customer('SendDelegationToken', request);
    expect((await customer('ListDelegationRequests')).DelegationRequests).toHaveLength(2);
    const token = delegationRequests(sandbox.world).find(({ id }) => id === request.DelegationRequestId)!.token!.value;
    const session = await boto.call(partnerAccount, 'sts', 'GetDelegatedAccessToken', { TradeInToken: token });
    expect(session).toMatchObject({ AssumedPrincipal: root(customerAccount), Credentials: { SessionToken: expect.any(String) } });
  });

  test('Organizations', async () => {
    const call = (operation: string, input?: object) => boto.call(management, 'organizations', operation, input);
    expect((await call('CreateOrganization', { FeatureSet: 'ALL' })).Organization).toMatchObject({ MasterAccountId: management });
    expect((await call('DescribeOrganization')).Organization).toMatchObject({ FeatureSet: 'ALL' });
    const { Roots } = await call('ListRoots');
    const rootId = Roots[0].Id as string;
    const { OrganizationalUnit } = await call('CreateOrganizationalUnit', { ParentId: rootId, Name: 'Unit' });
    const unitId = OrganizationalUnit.Id as string;
    await call('UpdateOrganizationalUnit', { OrganizationalUnitId: unitId, Name: 'Renamed' });
    expect((await call('DescribeOrganizationalUnit', { OrganizationalUnitId: unitId })).OrganizationalUnit).toMatchObject({
      Name: 'Renamed',
    });
    expect((await call('ListOrganizationalUnitsForParent', { ParentId: rootId })).OrganizationalUnits).toHaveLength(1);

    const creation = await call('CreateAccount', { Email: 'one@example.com', AccountName: 'One' });
    const describe = { CreateAccountRequestId: creation.CreateAccountStatus.Id };
    const { CreateAccountStatus } = await until(
      () => call('DescribeCreateAccountStatus', describe),
      (answer) => answer.CreateAccountStatus.State === 'SUCCEEDED',
    );
    const AccountId = CreateAccountStatus.AccountId as string;
    await call('MoveAccount', { AccountId, SourceParentId: rootId, DestinationParentId: unitId });
    const { Organization } = await call('DescribeOrganization');
    const path = `${Organization.Id}/${rootId}/${unitId}/${AccountId}/`;
    expect((await call('DescribeAccount', { AccountId })).Account).toMatchObject({ State: 'ACTIVE', Paths: [path] });
    expect((await call('ListAccounts')).Accounts).toHaveLength(2);
    expect((await call('ListAccountsForParent', { ParentId: unitId })).Accounts).toHaveLength(1);
    expect((await call('ListChildren', { ParentId: unitId, ChildType: 'ACCOUNT' })).Children).toEqual([{ Id: AccountId, Type: 'ACCOUNT' }]);
    expect((await call('ListParents', { ChildId: AccountId })).Parents).toEqual([{ Id: unitId, Type: 'ORGANIZATIONAL_UNIT' }]);

    await call('TagResource', { ResourceId: AccountId, Tags: [{ Key: 'team', Value: 'platform' }] });
    expect((await call('ListTagsForResource', { ResourceId: AccountId })).Tags).toEqual([{ Key: 'team', Value: 'platform' }]);
    const found = await boto.call(management, 'tagging', 'GetResources', { ResourceTypeFilters: ['organizations:account'] });
    expect(found.ResourceTagMappingList).toHaveLength(1);
    await call('UntagResource', { ResourceId: AccountId, TagKeys: ['team'] });

    const created = await call('CreatePolicy', { Name: 'scp', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content: allowAll });
    const PolicyId = created.Policy.PolicySummary.Id as string;
    await call('AttachPolicy', { PolicyId, TargetId: unitId });
    expect((await call('DescribePolicy', { PolicyId })).Policy.Content).toBe(allowAll);
    const Filter = 'SERVICE_CONTROL_POLICY';
    expect((await call('ListPolicies', { Filter })).Policies).toHaveLength(2);
    expect((await call('ListPoliciesForTarget', { Filter, TargetId: unitId })).Policies).toHaveLength(2);
    expect((await call('ListTargetsForPolicy', { PolicyId })).Targets).toHaveLength(1);
    await call('DetachPolicy', { PolicyId, TargetId: unitId });

    const type = { RootId: rootId, PolicyType: 'RESOURCE_CONTROL_POLICY' };
    expect((await call('EnablePolicyType', type)).Root.PolicyTypes).toHaveLength(2);
    expect((await call('ListPolicies', { Filter: type.PolicyType })).Policies).toMatchObject([
      { Name: 'RCPFullAWSAccess', Type: type.PolicyType },
    ]);
    await call('DisablePolicyType', type);

    const outsider = '700000000008';
    const Target = { Id: outsider, Type: 'ACCOUNT' };
    const asOutsider = (operation: string, input?: object) => boto.call(outsider, 'organizations', operation, input);
    const invite = async () => {
      const { Handshake } = await call('InviteAccountToOrganization', { Target, Notes: 'Welcome' });
      return { HandshakeId: Handshake.Id as string };
    };
    await call('CancelHandshake', await invite());
    await asOutsider('DeclineHandshake', await invite());
    const handshake = await invite();
    expect((await asOutsider('DescribeHandshake', handshake)).Handshake).toMatchObject({ State: 'OPEN', Action: 'INVITE' });
    expect((await asOutsider('ListHandshakesForAccount')).Handshakes).toHaveLength(3);
    expect((await call('ListHandshakesForOrganization')).Handshakes).toHaveLength(3);
    await asOutsider('AcceptHandshake', handshake);
    expect((await call('DescribeAccount', { AccountId: outsider })).Account).toMatchObject({ JoinedMethod: 'INVITED' });
    await asOutsider('LeaveOrganization');

    const service = { ServicePrincipal: 'member.org.stacksets.cloudformation.amazonaws.com' };
    await call('EnableAWSServiceAccess', service);
    expect((await call('ListAWSServiceAccessForOrganization')).EnabledServicePrincipals).toHaveLength(1);
    await call('RegisterDelegatedAdministrator', { AccountId, ...service });
    expect((await call('ListDelegatedAdministrators')).DelegatedAdministrators).toHaveLength(1);
    await call('DeregisterDelegatedAdministrator', { AccountId, ...service });
    await call('DisableAWSServiceAccess', service);

    await call('CloseAccount', { AccountId });
    await call('RemoveAccountFromOrganization', { AccountId });
    await call('DeleteOrganizationalUnit', { OrganizationalUnitId: unitId });
  });

  test('CloudFormation: stacks', async () => {
    const call = (operation: string, input?: object) => boto.call(account, 'cloudformation', operation, input);
    const StackName = 'stack';
    const template = (version: string) =>
      JSON.stringify({
        Parameters: { Name: { Type: 'String', Default: 'from-stack', Description: 'A name' } },
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: { RoleName: { Ref: 'Name' }, Description: version, AssumeRolePolicyDocument: JSON.parse(trust(root(account))) },
          },
        },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] }, Description: 'of the role' } },
      });
    const status = async () => (await call('DescribeStacks', { StackName })).Stacks[0].StackStatus as string;
    const settled = () => until(status, (answer) => !answer.endsWith('IN_PROGRESS'));
    const Capabilities = ['CAPABILITY_NAMED_IAM'];

    expect(await call('ValidateTemplate', { TemplateBody: template('1') })).toMatchObject({ Capabilities });
    const { StackId } = await call('CreateStack', {
      StackName,
      TemplateBody: template('1'),
      Capabilities,
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(await settled()).toBe('CREATE_COMPLETE');
    expect((await call('DescribeStackEvents', { StackName })).StackEvents[0]).toMatchObject({ ResourceStatus: 'CREATE_COMPLETE' });
    expect((await call('DescribeStackResources', { StackName })).StackResources).toHaveLength(1);
    const resource = await call('DescribeStackResource', { StackName, LogicalResourceId: 'Role' });
    expect(resource.StackResourceDetail).toMatchObject({ PhysicalResourceId: 'from-stack' });
    expect((await call('ListStackResources', { StackName })).StackResourceSummaries).toHaveLength(1);
    expect((await call('ListStacks')).StackSummaries).toHaveLength(1);
    expect(await call('GetTemplate', { StackName })).toMatchObject({ StagesAvailable: ['Original', 'Processed'] });
    await call('UpdateStack', { StackName, TemplateBody: template('2'), Capabilities });
    expect(await settled()).toBe('UPDATE_COMPLETE');
    expect((await call('GetTemplateSummary', { StackName })).ResourceTypes).toEqual(['AWS::IAM::Role']);
    const change = { StackName, ChangeSetName: 'change' };
    await call('CreateChangeSet', { ...change, TemplateBody: template('3'), Capabilities });
    const described = await call('DescribeChangeSet', change);
    expect(described).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
    expect(described.Changes[0].ResourceChange).toMatchObject({ Action: 'Modify', LogicalResourceId: 'Role', Replacement: 'False' });
    await call('ExecuteChangeSet', change);
    expect(await settled()).toBe('UPDATE_COMPLETE');
    await call('CreateChangeSet', { StackName, ChangeSetName: 'empty', TemplateBody: template('3'), Capabilities });
    expect((await call('ListChangeSets', { StackName })).Summaries).toMatchObject([
      { ExecutionStatus: 'EXECUTE_COMPLETE' },
      { Status: 'FAILED', StatusReason: expect.stringContaining("The submitted information didn't contain changes.") },
    ]);
    await call('DeleteChangeSet', { StackName, ChangeSetName: 'empty' });
    expect((await call('DescribeEvents', { StackName })).OperationEvents[0]).toMatchObject({ OperationType: 'UPDATE_STACK' });
    await call('UpdateTerminationProtection', { StackName, EnableTerminationProtection: true });
    await call('UpdateTerminationProtection', { StackName, EnableTerminationProtection: false });
    await call('DeleteStack', { StackName });
    await until(
      () => call('DescribeStacks', { StackName: StackId }),
      ({ Stacks }) => Stacks[0].StackStatus === 'DELETE_COMPLETE',
    );
  });

  test('CloudFormation: stack sets', async () => {
    const admin = '700000000002';
    const organization = (operation: string, input?: object) => boto.call(admin, 'organizations', operation, input);
    const call = (operation: string, input?: object) => boto.call(admin, 'cloudformation', operation, input);
    await organization('CreateOrganization');
    const rootId = (await organization('ListRoots')).Roots[0].Id as string;
    await organization('CreateAccount', { Email: 'two@example.com', AccountName: 'Two' });
    const accounts = await until(
      () => organization('ListAccounts'),
      ({ Accounts }) => Accounts.length === 2,
    );
    const member = accounts.Accounts.find(({ Id }: { Id: string }) => Id !== admin).Id as string;

    await call('ActivateOrganizationsAccess');
    expect(await call('DescribeOrganizationsAccess')).toEqual({ Status: 'ENABLED' });
    const StackSetName = 'set';
    const templateOf = (Description: string) => {
      const Properties = { RoleName: 'from-set', Description, AssumeRolePolicyDocument: JSON.parse(trust(root(admin))) };
      return JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } });
    };
    const TemplateBody = templateOf('first');
    const Capabilities = ['CAPABILITY_NAMED_IAM'];
    await call('CreateStackSet', {
      StackSetName,
      TemplateBody,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
    });
    const operation = async (name: string, input: object) => {
      const { OperationId } = await call(name, { StackSetName, ...input });
      const { StackSetOperation } = await until(
        () => call('DescribeStackSetOperation', { StackSetName, OperationId }),
        (answer) => answer.StackSetOperation.Status !== 'RUNNING' && answer.StackSetOperation.Status !== 'QUEUED',
      );
      expect(StackSetOperation).toMatchObject({ Status: 'SUCCEEDED' });
      return OperationId as string;
    };
    const targets = { DeploymentTargets: { OrganizationalUnitIds: [rootId] }, Regions: ['us-east-1'] };
    const OperationId = await operation('CreateStackInstances', targets);
    expect((await call('DescribeStackSet', { StackSetName })).StackSet).toMatchObject({ Status: 'ACTIVE' });
    const instance = { StackInstanceAccount: member, StackInstanceRegion: 'us-east-1' };
    expect((await call('DescribeStackInstance', { StackSetName, ...instance })).StackInstance).toMatchObject({ Status: 'CURRENT' });
    expect((await call('ListStackInstances', { StackSetName })).Summaries).toHaveLength(1);
    expect((await call('ListStackSets')).Summaries).toHaveLength(1);
    expect((await call('ListStackSetOperations', { StackSetName })).Summaries).toHaveLength(1);
    expect((await call('ListStackSetOperationResults', { StackSetName, OperationId })).Summaries).toHaveLength(1);
    await operation('UpdateStackInstances', targets);
    await operation('UpdateStackSet', { TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'], Description: 'changed' });
    // Slow enough to be stopped.
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 500 });
    const slow = await call('UpdateStackSet', { StackSetName, TemplateBody: templateOf('slow'), Capabilities });
    await call('StopStackSetOperation', { StackSetName, OperationId: slow.OperationId });
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 0 });
    await until(
      () => call('DescribeStackSetOperation', { StackSetName, OperationId: slow.OperationId }),
      (answer) => answer.StackSetOperation.Status === 'STOPPED',
    );
    await operation('DeleteStackInstances', { ...targets, RetainStacks: false });
    await call('DeleteStackSet', { StackSetName });
    await call('DeactivateOrganizationsAccess');
  });

  test('SNS', async () => {
    const call = (operation: string, input?: object) => boto.call(account, 'sns', operation, input);
    const { TopicArn } = await call('CreateTopic', { Name: 'topic', Tags: [{ Key: 'a', Value: 'b' }] });
    await call('SetTopicAttributes', { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Topic' });
    expect((await call('GetTopicAttributes', { TopicArn })).Attributes).toMatchObject({ TopicArn, DisplayName: 'Topic' });
    expect((await call('ListTopics')).Topics).toEqual([{ TopicArn }]);
    const endpoint = await listen();
    await call('Subscribe', { TopicArn, Protocol: 'http', Endpoint: endpoint.url });
    await call('ConfirmSubscription', { TopicArn, Token: await endpoint.token });
    endpoint.close();
    await boto.call(account, 'sqs', 'CreateQueue', { QueueName: 'subscribed' });
    const Endpoint = `arn:aws:sqs:us-east-1:${account}:subscribed`;
    const { SubscriptionArn } = await call('Subscribe', { TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true });
    await call('SetSubscriptionAttributes', { SubscriptionArn, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' });
    expect((await call('GetSubscriptionAttributes', { SubscriptionArn })).Attributes).toMatchObject({ RawMessageDelivery: 'true' });
    expect((await call('ListSubscriptionsByTopic', { TopicArn })).Subscriptions).toHaveLength(2);
    const attributes = { colour: { DataType: 'String', StringValue: 'red' } };
    expect(await call('Publish', { TopicArn, Message: 'hello', MessageAttributes: attributes })).toEqual({ MessageId: expect.any(String) });
    await call('Unsubscribe', { SubscriptionArn });
    await call('DeleteTopic', { TopicArn });
  });

  test('SQS', async () => {
    const call = (operation: string, input?: object) => boto.call(account, 'sqs', operation, input);
    const { QueueUrl } = await call('CreateQueue', { QueueName: 'queue', Attributes: { VisibilityTimeout: '30' }, tags: { a: 'b' } });
    expect(await call('GetQueueUrl', { QueueName: 'queue' })).toEqual({ QueueUrl });
    expect((await call('ListQueues', { QueueNamePrefix: 'queue' })).QueueUrls).toEqual([QueueUrl]);
    expect((await call('ListQueueTags', { QueueUrl })).Tags).toEqual({ a: 'b' });
    await call('SetQueueAttributes', { QueueUrl, Attributes: { VisibilityTimeout: '60' } });
    expect((await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })).Attributes).toMatchObject({ VisibilityTimeout: '60' });
    for (const MessageBody of ['one', 'two', 'three']) await call('SendMessage', { QueueUrl, MessageBody });
    const { Messages } = await call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 3 });
    const handles = (Messages as { ReceiptHandle: string }[]).map(({ ReceiptHandle }) => ReceiptHandle);
    await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: handles[0], VisibilityTimeout: 10 });
    const Entries = [{ Id: 'a', ReceiptHandle: handles[1] }];
    const changed = await call('ChangeMessageVisibilityBatch', { QueueUrl, Entries: [{ ...Entries[0], VisibilityTimeout: 10 }] });
    expect(changed.Successful).toEqual([{ Id: 'a' }]);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: handles[0] });
    expect((await call('DeleteMessageBatch', { QueueUrl, Entries })).Successful).toEqual([{ Id: 'a' }]);
    await call('PurgeQueue', { QueueUrl });
    await call('DeleteQueue', { QueueUrl });
  });

  test.each<[ServiceName, string, object, string, number]>([
    ['iam', 'GetRole', { RoleName: 'missing' }, 'NoSuchEntity', 404],
    ['iam', 'DeleteUser', { UserName: 'missing' }, 'NoSuchEntity', 404],
    ['iam', 'CreateUser', { UserName: 'taken' }, 'EntityAlreadyExists', 409],
    ['iam', 'CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: '{}' }, 'MalformedPolicyDocument', 400],
    ['iam', 'CreateUser', { UserName: 'a b' }, 'ValidationError', 400],
    ['iam', 'CreateUser', { UserName: 'u', Tags: [{ Key: 'a#b', Value: '' }] }, 'ValidationError', 400],
    ['iam', 'CreateUser', { UserName: 'u', Tags: [{ Key: 'aws:a', Value: '' }] }, 'InvalidInput', 400],
    ['iam', 'GetDelegationRequest', { DelegationRequestId: 'dr-0123456789abcdef' }, 'NoSuchEntity', 404],
    ['sts', 'AssumeRole', { RoleArn: `arn:aws:iam::${account}:role/missing`, RoleSessionName: 's!' }, 'ValidationError', 400],
    ['sts', 'AssumeRole', { RoleArn: `arn:aws:iam::${account}:role/missing`, RoleSessionName: 'session' }, 'AccessDenied', 403],
    ['cloudformation', 'DescribeStacks', { StackName: 'missing' }, 'ValidationError', 400],
    ['cloudformation', 'CreateStack', { StackName: '1', TemplateBody: '{}' }, 'ValidationError', 400],
    ['cloudformation', 'DescribeChangeSet', { StackName: 'missing', ChangeSetName: 'c' }, 'ValidationError', 400],
    ['cloudformation', 'DescribeStackSet', { StackSetName: 'missing' }, 'StackSetNotFoundException', 404],
    ['organizations', 'DescribeOrganization', {}, 'AWSOrganizationsNotInUseException', 400],
    ['tagging', 'GetResources', { TagFilters: [{ Key: 'a', Values: [] }], ResourcesPerPage: 101 }, 'InvalidParameterException', 400],
    ['sns', 'GetTopicAttributes', { TopicArn: `arn:aws:sns:us-east-1:${account}:missing` }, 'NotFound', 404],
    ['sqs', 'GetQueueUrl', { QueueName: 'missing' }, 'AWS.SimpleQueueService.NonExistentQueue', 400],
  ])('%s %s %j is refused by %s, %i', async (service, operation, input, code, status) => {
    if (code === 'EntityAlreadyExists') await boto.call(account, service, operation, input);
    const refusal = await boto.refusal(account, service, operation, input);
    expect(refusal).toMatchObject({ code, status });
    if (refusal.isModeled && refusal.modeledStatus) expect(status).toBe(refusal.modeledStatus);
  });

  /** An organization with an account, a unit and a policy of its own, for the refusals. */
  test('every client error of Organizations is HTTP 400, and of its model', async () => {
    const admin = '700000000003';
    const call = (operation: string, input?: object) => boto.call(admin, 'organizations', operation, input);
    const { Organization } = await call('CreateOrganization');
    const ParentId = (await call('ListRoots')).Roots[0].Id as string;
    await call('CreateOrganizationalUnit', { ParentId, Name: 'Unit' });
    const missing = { account: '999999999999', unit: 'ou-abcd-12345678', policy: 'p-12345678' };
    const tag = (Key: string, Value = '') => ({ ResourceId: admin, Tags: [{ Key, Value }] });
    const refusals: [string, object, string][] = [
      ['CreateOrganization', {}, 'AlreadyInOrganizationException'],
      ['CreateOrganizationalUnit', { ParentId, Name: 'Unit' }, 'DuplicateOrganizationalUnitException'],
      ['CreateOrganizationalUnit', { ParentId: missing.unit, Name: 'Unit' }, 'ParentNotFoundException'],
      ['DescribeAccount', { AccountId: missing.account }, 'AccountNotFoundException'],
      ['DescribeOrganizationalUnit', { OrganizationalUnitId: missing.unit }, 'OrganizationalUnitNotFoundException'],
      ['DescribePolicy', { PolicyId: missing.policy }, 'PolicyNotFoundException'],
      ['ListTagsForResource', { ResourceId: missing.account }, 'TargetNotFoundException'],
      ['ListParents', { ChildId: missing.unit }, 'ChildNotFoundException'],
      ['DescribeCreateAccountStatus', { CreateAccountRequestId: 'car-12345678' }, 'CreateAccountStatusNotFoundException'],
      ['MoveAccount', { AccountId: admin, SourceParentId: missing.unit, DestinationParentId: ParentId }, 'SourceParentNotFoundException'],
      ['MoveAccount', { AccountId: admin, SourceParentId: ParentId, DestinationParentId: ParentId }, 'DuplicateAccountException'],
      ['RemoveAccountFromOrganization', { AccountId: admin }, 'MasterCannotLeaveOrganizationException'],
      ['CloseAccount', { AccountId: admin }, 'ConstraintViolationException'],
      ['DetachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: ParentId }, 'ConstraintViolationException'],
      ['AttachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: ParentId }, 'DuplicatePolicyAttachmentException'],
      ['CreatePolicy', { Name: 'x', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content: '{}' }, 'MalformedPolicyDocumentException'],
      // Patterns of the model: printable ASCII for names, [\p{L}\p{Z}\p{N}_.:/=+\-@]* for tags.
      ['CreateAccount', { Email: 'a@example.com', AccountName: 'Zoë' }, 'InvalidInputException'],
      ['CreateAccount', { Email: 'no address', AccountName: 'Zoe' }, 'InvalidInputException'],
      ['TagResource', tag('a#b'), 'InvalidInputException'],
      ['TagResource', tag('a', 'b;c'), 'InvalidInputException'],
      ['TagResource', tag('aws:a'), 'InvalidInputException'],
    ];
    for (const [operation, input, code] of refusals) {
      const refusal = await boto.refusal(admin, 'organizations', operation, input);
      expect({ operation, ...refusal }).toMatchObject({ operation, code, status: 400, isModeled: true });
    }
    await call('TagResource', tag('Ä b_.:/=+-@', 'é 7_.:/=+-@'));
    expect(Organization.Id).toMatch(/^o-/);
  });

  test('the models in sandbox/models are those of boto3', () => {
    const input = JSON.stringify(answeredOperations());
    const generator = fileURLToPath(new URL('../models/generate.py', import.meta.url));
    const { status, stderr } = spawnSync(pythonProgram('python'), [generator, '--check'], { input, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('no operation was left out', () => {
    const all = modules.flatMap(({ service, operations }) => Object.keys(operations).map((operation) => `${service}.${operation}`));
    expect(all.filter((operation) => !boto.answered.has(operation))).toEqual([]);
  });
});
