/** The policy simulator, by unmodified SDK clients. Each test names what AWS says about it. */
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  AttachRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import type { SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestSandbox } from '../../fixtures/sandbox.ts';
import type { Sandbox } from '../../core/server.ts';
import { adminOf, control, keysOf } from '../../testing/http.ts';
import { addOrganization, attachScp, testRoot } from '../../testing/organization.ts';

const management = '100000000001';
const member = '100000000002';
const outsider = '100000000003';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ stackStepMs: 0 });
});
afterAll(() => sandbox.close());
beforeEach(() => control(sandbox, 'POST', '/reset'));

const iamOf = (accountId: string) => new IAMClient(adminOf(sandbox, accountId));
const documentOf = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** A role that its own account's administrator may assume, with one inline policy. */
async function role(accountId: string, ...statements: object[]): Promise<string> {
  const iam = iamOf(accountId);
  const trust = documentOf({ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'tested', AssumeRolePolicyDocument: trust }));
  const PolicyDocument = documentOf(...statements);
  if (statements.length > 0) await iam.send(new PutRolePolicyCommand({ RoleName: 'tested', PolicyName: 'own', PolicyDocument }));
  return Role!.Arn!;
}

const simulate = (accountId: string, input: SimulatePrincipalPolicyCommandInput) =>
  iamOf(accountId).send(new SimulatePrincipalPolicyCommand(input));

async function verdicts(accountId: string, input: SimulatePrincipalPolicyCommandInput) {
  const { EvaluationResults } = await simulate(accountId, input);
  return Object.fromEntries(EvaluationResults!.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]));
}

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

describe('identity policies', () => {
  test('O5: reports allowed, implicitly denied and explicitly denied, and the statements that decided', async () => {
    const PolicySourceArn = await role(
      outsider,
      { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' },
      { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' },
    );
    const { EvaluationResults, IsTruncated } = await simulate(outsider, {
      PolicySourceArn,
      ActionNames: ['s3:ListAllMyBuckets', 's3:PutObject', 's3:GetObject'],
    });
    expect(IsTruncated).toBe(false);
    const own = [{ SourcePolicyId: 'role_tested_own', SourcePolicyType: 'role' }];
    expect(EvaluationResults).toEqual([
      {
        EvalActionName: 's3:ListAllMyBuckets',
        EvalResourceName: '*',
        EvalDecision: 'allowed',
        MatchedStatements: own,
        MissingContextValues: [],
      },
      {
        EvalActionName: 's3:PutObject',
        EvalResourceName: '*',
        EvalDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: [],
      },
      {
        EvalActionName: 's3:GetObject',
        EvalResourceName: '*',
        EvalDecision: 'explicitDeny',
        MatchedStatements: own,
        MissingContextValues: [],
      },
    ]);
  });

  test("O10: AWS's and the account's managed policies count, and a policy that is given for the simulation alone", async () => {
    const iam = iamOf(outsider);
    const PolicySourceArn = await role(outsider);
    const PolicyArn = (
      await iam.send(
        new CreatePolicyCommand({
          PolicyName: 'queues',
          PolicyDocument: documentOf({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }),
        }),
      )
    ).Policy!.Arn!;
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'tested', PolicyArn }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'tested', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' }));
    const ActionNames = ['sqs:SendMessage', 'ec2:DescribeInstances', 'sns:Publish'];
    const input = {
      PolicySourceArn,
      ActionNames,
      PolicyInputList: [documentOf({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' })],
    };
    const { EvaluationResults } = await simulate(outsider, input);
    expect(EvaluationResults!.map(({ MatchedStatements }) => MatchedStatements![0])).toEqual([
      { SourcePolicyId: 'queues', SourcePolicyType: 'user-managed' },
      { SourcePolicyId: 'SecurityAudit', SourcePolicyType: 'aws-managed' },
      { SourcePolicyId: 'PolicyInputList.1', SourcePolicyType: 'none' },
    ]);
  });

  test('one result an action over all resources, the strictest first, with a result for each resource', async () => {
    const PolicySourceArn = await role(outsider, { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::open/*' });
    const ResourceArns = ['arn:aws:s3:::open/a', 'arn:aws:s3:::closed/a'];
    const { EvaluationResults } = await simulate(outsider, { PolicySourceArn, ActionNames: ['s3:GetObject'], ResourceArns });
    expect(EvaluationResults).toHaveLength(1);
    expect(EvaluationResults![0]!.EvalDecision).toBe('implicitDeny');
    expect(EvaluationResults![0]!.ResourceSpecificResults!.map((one) => [one.EvalResourceName, one.EvalResourceDecision])).toEqual([
      ['arn:aws:s3:::open/a', 'allowed'],
      ['arn:aws:s3:::closed/a', 'implicitDeny'],
    ]);
    // Without resources everything is asked for, and a statement about some is not about everything.
    expect(await verdicts(outsider, { PolicySourceArn, ActionNames: ['s3:GetObject'] })).toEqual({ 's3:GetObject': 'implicitDeny' });
  });

  test('only context entries that the caller supplies are there, and the missing ones are named', async () => {
    const PolicySourceArn = await role(outsider, {
      Effect: 'Allow',
      Action: 'ec2:RunInstances',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
    });
    const ask = { PolicySourceArn, ActionNames: ['ec2:RunInstances'] };
    const { EvaluationResults } = await simulate(outsider, ask);
    expect(EvaluationResults![0]).toMatchObject({ EvalDecision: 'implicitDeny', MissingContextValues: ['aws:RequestedRegion'] });
    const ContextEntries = [{ ContextKeyName: 'aws:requestedregion', ContextKeyValues: ['eu-west-1'], ContextKeyType: 'string' as const }];
    const supplied = await simulate(outsider, { ...ask, ContextEntries });
    expect(supplied.EvaluationResults![0]).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] });
  });
});

describe('permissions boundaries', () => {
  test('O10: an action that the boundary does not allow is denied, and the boundary is named', async () => {
    const PolicySourceArn = await role(outsider, everything);
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/SecurityAudit';
    await iamOf(outsider).send(new PutRolePermissionsBoundaryCommand({ RoleName: 'tested', PermissionsBoundary }));
    const ask = { PolicySourceArn, ActionNames: ['ec2:DescribeInstances', 's3:PutObject'] };
    const told = (await simulate(outsider, ask)).EvaluationResults!.map((one) => [
      one.EvalDecision,
      one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
    ]);
    expect(told).toEqual([
      ['allowed', true],
      ['implicitDeny', false],
    ]);
    const other = { ...ask, PermissionsBoundaryPolicyInputList: [documentOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' })] };
    expect(await verdicts(outsider, other)).toEqual({ 'ec2:DescribeInstances': 'implicitDeny', 's3:PutObject': 'allowed' });
  });
});

describe('service control policies', () => {
  const organization = () =>
    addOrganization(sandbox.world, {
      managementAccountId: management,
      units: { 'ou-test-11111111': testRoot },
      accounts: { [member]: 'ou-test-11111111' },
    });

  test('O18: a denial anywhere on the path is implicitDeny without a statement, and says AllowedByOrganizations false', async () => {
    attachScp(organization(), 'ou-test-11111111', { Effect: 'Deny', Action: 'kms:*', Resource: '*' });
    const PolicySourceArn = await role(member, everything);
    const { EvaluationResults } = await simulate(member, { PolicySourceArn, ActionNames: ['kms:ListKeys', 'ec2:DescribeInstances'] });
    expect(EvaluationResults).toMatchObject([
      { EvalDecision: 'implicitDeny', MatchedStatements: [], OrganizationsDecisionDetail: { AllowedByOrganizations: false } },
      { EvalDecision: 'allowed', OrganizationsDecisionDetail: { AllowedByOrganizations: true } },
    ]);
  });

  test('a level that allows less than everything allows nothing else', async () => {
    const PolicySourceArn = await role(member, everything);
    const { attachments, policies } = organization();
    policies.set('p-some', {
      ...policies.get('p-FullAWSAccess')!,
      content: documentOf({ Effect: 'Allow', Action: ['iam:*', 's3:*'], Resource: '*' }),
    });
    attachments.set(member, ['p-some']);
    const ActionNames = ['s3:ListAllMyBuckets', 'ec2:DescribeInstances'];
    expect(await verdicts(member, { PolicySourceArn, ActionNames })).toEqual({
      's3:ListAllMyBuckets': 'allowed',
      'ec2:DescribeInstances': 'implicitDeny',
    });
  });

  test('the management account is not restricted, and an account outside of any organization has no such detail', async () => {
    attachScp(organization(), testRoot, { Effect: 'Deny', Action: 'kms:*', Resource: '*' });
    const ActionNames = ['kms:ListKeys'];
    const inside = await simulate(management, { PolicySourceArn: await role(management, everything), ActionNames });
    expect(inside.EvaluationResults).toMatchObject([
      { EvalDecision: 'allowed', OrganizationsDecisionDetail: { AllowedByOrganizations: true } },
    ]);
    const outside = await simulate(outsider, { PolicySourceArn: await role(outsider, everything), ActionNames });
    expect(outside.EvaluationResults![0]).toMatchObject({ EvalDecision: 'allowed' });
    expect(outside.EvaluationResults![0]).not.toHaveProperty('OrganizationsDecisionDetail');
  });

  test('O18: the documented false positive: without aws:PrincipalArn the simulator denies what the real call may do', async () => {
    const PolicySourceArn = await role(member, everything);
    attachScp(organization(), testRoot, {
      Effect: 'Deny',
      Action: 'iam:*',
      Resource: '*',
      Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/tested' } },
    });
    const { Credentials } = await new STSClient(adminOf(sandbox, member)).send(
      new AssumeRoleCommand({ RoleArn: PolicySourceArn, RoleSessionName: 'session' }),
    );
    const asRole = new IAMClient(
      keysOf(sandbox, {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken,
      }),
    );
    await expect(asRole.send(new ListRolesCommand({}))).resolves.toBeDefined();
    const ask = { PolicySourceArn, ActionNames: ['iam:ListRoles'] };
    const blind = await asRole.send(new SimulatePrincipalPolicyCommand(ask));
    // Nor does AWS report which key was missing: "doesn't include context keys referenced by service control policies".
    expect(blind.EvaluationResults).toMatchObject([
      { EvalDecision: 'implicitDeny', MissingContextValues: [], OrganizationsDecisionDetail: { AllowedByOrganizations: false } },
    ]);
    const ContextEntries = [{ ContextKeyName: 'aws:PrincipalArn', ContextKeyValues: [PolicySourceArn], ContextKeyType: 'string' as const }];
    const informed = await asRole.send(new SimulatePrincipalPolicyCommand({ ...ask, ContextEntries }));
    expect(informed.EvaluationResults).toMatchObject([{ EvalDecision: 'allowed' }]);
    const without = await asRole.send(new SimulatePrincipalPolicyCommand({ ...ask, PolicyExclusionList: [{ PolicyType: 'scp' }] }));
    expect(without.EvaluationResults![0]).toMatchObject({ EvalDecision: 'allowed' });
    expect(without.EvaluationResults![0]).not.toHaveProperty('OrganizationsDecisionDetail');
  });

  test('O18: nor does it know the tags of the role itself: aws:PrincipalTag is what the caller supplies', async () => {
    const PolicySourceArn = await role(member, everything);
    await iamOf(member).send(new TagRoleCommand({ RoleName: 'tested', Tags: [{ Key: 'purpose', Value: 'audit' }] }));
    attachScp(organization(), testRoot, {
      Effect: 'Deny',
      Action: 'kms:*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:PrincipalTag/Purpose': 'audit' } },
    });
    const ask = { PolicySourceArn, ActionNames: ['kms:ListKeys'] };
    expect(await verdicts(member, ask)).toEqual({ 'kms:ListKeys': 'implicitDeny' });
    // Condition keys know no case, their values do.
    const entry = { ContextKeyName: 'aws:PrincipalTag/purpose', ContextKeyType: 'string' as const };
    for (const [value, verdict] of [
      ['audit', 'allowed'],
      ['Audit', 'implicitDeny'],
    ] as const) {
      const ContextEntries = [{ ...entry, ContextKeyValues: [value] }];
      expect(await verdicts(member, { ...ask, ContextEntries })).toEqual({ 'kms:ListKeys': verdict });
    }
  });
});

describe('PolicyExclusionList', () => {
  test('leaves policies out by type, by ARN with wildcards, and inline ones by name', async () => {
    const PolicySourceArn = await role(outsider, { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' });
    await iamOf(outsider).send(new AttachRolePolicyCommand({ RoleName: 'tested', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' }));
    const ActionNames = ['s3:PutObject', 'ec2:DescribeInstances'];
    const without = (...PolicyExclusionList: NonNullable<SimulatePrincipalPolicyCommandInput['PolicyExclusionList']>) =>
      verdicts(outsider, { PolicySourceArn, ActionNames, PolicyExclusionList }).then(Object.values);
    expect(await without({ PolicyType: 'inline' })).toEqual(['implicitDeny', 'allowed']);
    expect(await without({ PolicyType: 'aws-managed' })).toEqual(['allowed', 'implicitDeny']);
    expect(await without({ PolicyArn: 'arn:aws:iam::aws:policy/Security*' })).toEqual(['allowed', 'implicitDeny']);
    const own = { PolicyName: 'own', AttachmentType: 'role' as const, AttachmentName: 'tested' };
    expect(await without({ InlinePolicyIdentifier: own })).toEqual(['implicitDeny', 'allowed']);
    expect(await without({ InlinePolicyIdentifier: { ...own, PolicyName: 'other' } }, { PolicyType: 'rcp' })).toEqual([
      'allowed',
      'allowed',
    ]);
  });

  // AWS's common validator answers ValidationError for the model's patterns; the operation itself answers InvalidInput.
  test.each([
    [{ PolicyArn: 'arn:aws:iam::aws:policy/*a*' }, 'InvalidInputException'],
    [{ PolicyArn: 'SecurityAudit' }, 'ValidationError'],
    [{ InlinePolicyIdentifier: { PolicyName: 'o*', AttachmentType: 'role', AttachmentName: 'x' } }, 'ValidationError'],
    [{ InlinePolicyIdentifier: { PolicyName: 'own', AttachmentType: 'role', AttachmentName: 'test*' } }, 'ValidationError'],
    [{ PolicyType: 'all' }, 'ValidationError'],
  ])('refuses %j as %s', async (identifier, name) => {
    const PolicySourceArn = await role(outsider);
    const PolicyExclusionList = [identifier] as never;
    await expect(simulate(outsider, { PolicySourceArn, ActionNames: ['s3:GetObject'], PolicyExclusionList })).rejects.toMatchObject({
      name,
    });
  });

  test('has at most 256 entries', async () => {
    const PolicySourceArn = await role(outsider);
    const asked = (length: number) =>
      simulate(outsider, {
        PolicySourceArn,
        ActionNames: ['s3:GetObject'],
        PolicyExclusionList: Array.from({ length }, () => ({ PolicyType: 'rcp' as const })),
      });
    await expect(asked(256)).resolves.toBeDefined();
    await expect(asked(257)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(
        "at 'policyExclusionList' failed to satisfy constraint: Member must have length less than or equal to 256",
      ),
    });
  });
});

describe('refused', () => {
  test.each([
    ['a session', 'arn:aws:sts::100000000003:assumed-role/tested/session', 'InvalidInputException'],
    ['the root user', 'arn:aws:iam::100000000003:root', 'InvalidInputException'],
    ['a role that is not there', 'arn:aws:iam::100000000003:role/missing', 'NoSuchEntityException'],
    ["another account's role", 'arn:aws:iam::100000000002:role/tested', 'NoSuchEntityException'],
  ])('%s as the source', async (_, PolicySourceArn, name) => {
    await role(outsider);
    await expect(simulate(outsider, { PolicySourceArn, ActionNames: ['s3:GetObject'] })).rejects.toMatchObject({ name });
  });

  test.each([
    ['two characters', 'a:', 'ValidationError'],
    ['129 characters', `s3:${'a'.repeat(126)}`, 'ValidationError'],
    ['no service', 'GetObject', 'InvalidInputException'],
    ['a wildcard', 's3:Get*', 'InvalidInputException'],
  ])('an action name with %s', async (_, action, name) => {
    const PolicySourceArn = await role(outsider);
    await expect(simulate(outsider, { PolicySourceArn, ActionNames: [action] })).rejects.toMatchObject({ name });
  });

  test('a policy that is none, as PolicyEvaluation', async () => {
    const ask = { PolicyInputList: ['{"Statement": 1}'], ActionNames: ['s3:GetObject'] };
    await expect(iamOf(outsider).send(new SimulateCustomPolicyCommand(ask))).rejects.toMatchObject({ name: 'PolicyEvaluationException' });
  });

  test('O5: a caller without the permission on that very role', async () => {
    const PolicySourceArn = await role(outsider, {
      Effect: 'Allow',
      Action: 'iam:SimulatePrincipalPolicy',
      Resource: 'arn:aws:iam::100000000003:role/other',
    });
    const { Credentials } = await new STSClient(adminOf(sandbox, outsider)).send(
      new AssumeRoleCommand({ RoleArn: PolicySourceArn, RoleSessionName: 'session' }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    const iam = new IAMClient(
      keysOf(sandbox, { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken }),
    );
    await expect(iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['s3:GetObject'] }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

test('O5: results come in pages of 100 by default, in the order of the actions', async () => {
  const PolicySourceArn = await role(outsider, everything);
  const ActionNames = Array.from({ length: 230 }, (_, index) => `s3:Action${index}`);
  const seen: string[] = [];
  const sizes: number[] = [];
  let Marker: string | undefined;
  do {
    const page = await simulate(outsider, { PolicySourceArn, ActionNames, Marker });
    expect(page.IsTruncated).toBe(page.Marker !== undefined);
    sizes.push(page.EvaluationResults!.length);
    seen.push(...page.EvaluationResults!.map(({ EvalActionName }) => EvalActionName!));
    Marker = page.Marker;
  } while (Marker !== undefined);
  expect(sizes).toEqual([100, 100, 30]);
  expect(seen).toEqual(ActionNames);
  await expect(simulate(outsider, { PolicySourceArn, ActionNames, MaxItems: 1001 })).rejects.toMatchObject({ name: 'ValidationError' });
});

test('O18: simulations have a small rate of their own, counted in the account that is asked about', async () => {
  const PolicySourceArn = await role('100000000005', everything);
  const other = await role('100000000006', everything);
  await control(sandbox, 'PUT', '/limits', { mode: 'aws', simulationsPerSecond: 0.001 });
  const ask = (accountId: string, arn: string) =>
    simulate(accountId, { PolicySourceArn: arn, ActionNames: ['s3:GetObject'] }).then(
      () => 'answered',
      ({ name }: Error) => name,
    );
  const answers: string[] = [];
  for (let calls = 0; calls < 60; calls++) answers.push(await ask('100000000005', PolicySourceArn));
  expect(answers.lastIndexOf('answered')).toBe(49);
  expect(answers.at(-1)).toBe('Throttling');
  expect(await ask('100000000006', other)).toBe('answered');
  await expect(iamOf('100000000005').send(new ListRolesCommand({}))).resolves.toBeDefined();
});
