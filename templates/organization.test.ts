/** The organization's templates: read, and deployed into the sandbox by unmodified SDK clients. */
import { readFileSync } from 'node:fs';
import {
  ActivateOrganizationsAccessCommand,
  CloudFormationClient,
  CreateStackCommand,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { GeneratedOrganization, Sandbox } from '@muster/aws-sandbox';
import { addOrganization, adminOf, control, keysOf, testRoot } from '@muster/aws-sandbox/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { formatRoleArn } from '../domain/aws/arn.ts';
import type { Partition } from '../domain/aws/arn.ts';
import { memberRoleActions, optionalOrganizationRoleActions, organizationRoleActions } from '../domain/organizations/actions.ts';
import type { RoleAction } from '../domain/organizations/actions.ts';
import { CALLER_ROLE_ARN } from '../dev/partner/muster.ts';
import { startMusterSandbox } from '../dev/partner/start-sandbox.ts';

interface RoleProperties {
  AssumeRolePolicyDocument: { Statement: unknown };
  ManagedPolicyArns?: string[];
  Policies: { PolicyDocument: { Statement: unknown[] } }[];
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const template = (name: string) => parse(read(name), { logLevel: 'silent' }) as Record<string, Record<string, Record<string, unknown>>>;
const roleOf = (name: string, id: string) => template(name).Resources![id]!.Properties as RoleProperties;
const statementsOf = (role: RoleProperties) => role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
const grantedBy = (role: RoleProperties): string[] =>
  [...JSON.stringify(statementsOf(role)).matchAll(/"([a-z]+:[A-Za-z*]+)"/g)].map(([, action]) => action!);
const namesOf = (...lists: (readonly RoleAction[])[]): string[] => lists.flat().map(({ action }) => action);

const names = ['organization-management.yaml', 'organization-member-role.yaml'] as const;

describe.each(names)('%s', (name) => {
  const text = read(name);
  const { Parameters, Resources } = template(name);

  test('O2: fits inline into CreateStack and CreateStackSet, and holds no literal partition', () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_200);
    expect(JSON.stringify(Resources)).not.toContain('arn:aws:');
  });

  test('D11: no external id is ever echoed', () => {
    const secrets = Object.entries(Parameters!).filter(([key]) => key.endsWith('ExternalId'));
    expect(secrets.length).toBeGreaterThan(0);
    for (const [key, { NoEcho }] of secrets) expect(NoEcho, key).toBe(true);
  });

  test.each(Object.keys(Resources!))('D12: only our caller may assume %s, and only with its external id', (id) => {
    const secret = id === 'OrganizationRole' ? 'OrganizationExternalId' : 'MemberExternalId';
    expect(roleOf(name, id).AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: 'CallerPrincipalArn' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': secret } },
      },
    ]);
  });

  test('O4: a caller may be a role or a user of any partition', () => {
    const pattern = new RegExp(`^(?:${String(Parameters!.CallerPrincipalArn!.AllowedPattern)})$`);
    for (const partition of ['aws', 'aws-us-gov', 'aws-cn', 'aws-eusc']) {
      expect(`arn:${partition}:iam::111122223333:role/muster`).toMatch(pattern);
      expect(`arn:${partition}:iam::111122223333:user/muster`).toMatch(pattern);
    }
    expect('arn:aws:iam::111122223333:root').not.toMatch(pattern);
  });
});

test('O2: the organization role may perform exactly the actions that the product needs, and only read', () => {
  const granted = grantedBy(roleOf('organization-management.yaml', 'OrganizationRole'));
  const toFollow = ['cloudformation:DescribeStackSet', 'cloudformation:ListStackInstances'];
  expect(granted.sort()).toEqual([...namesOf(organizationRoleActions, optionalOrganizationRoleActions), ...toFollow].sort());
  const reads =
    /^(cloudformation:(Describe|List)[A-Za-z]+|organizations:(Describe|List)[A-Za-z]+|tag:GetResources|iam:SimulatePrincipalPolicy)$/;
  expect(granted.filter((action) => !reads.test(action))).toEqual([]);
  expect(roleOf('organization-management.yaml', 'OrganizationRole').ManagedPolicyArns).toBeUndefined();
});

test("O2: besides AWS's SecurityAudit, the harvesting role may only simulate its own permissions", () => {
  const role = roleOf('organization-member-role.yaml', 'HarvestingRole');
  const onItself = memberRoleActions.filter(({ on }) => on === 'own-role');
  expect(grantedBy(role)).toEqual(namesOf(onItself));
  expect(statementsOf(role)).toMatchObject([{ Effect: 'Allow', Resource: expect.stringMatching(/:role\/\$\{MemberRoleName\}$/) }]);
  expect(role.ManagedPolicyArns).toEqual([expect.stringMatching(/:iam::aws:policy\/SecurityAudit$/)]);
});

test('O1: the harvesting role is the same in the management account as in every other', () => {
  const harvesting = (name: string) => {
    const { PermissionsBoundary: _boundary, ...properties } = roleOf(name, 'HarvestingRole') as RoleProperties & {
      PermissionsBoundary?: unknown;
    };
    return properties;
  };
  expect(harvesting('organization-management.yaml')).toEqual(harvesting('organization-member-role.yaml'));
});

test("O2: the harvesting role may do the same as the role of a single account, except read its own stack", () => {
  const single = roleOf('account-onboarding.yaml', 'HarvestingRole');
  const member = roleOf('organization-member-role.yaml', 'HarvestingRole');
  expect(member.ManagedPolicyArns).toEqual(single.ManagedPolicyArns);
  expect(grantedBy(member)).toEqual(grantedBy(single).filter((action) => !action.startsWith('cloudformation:')));
});

describe('deployed', () => {
  const management = '400000000001';
  const member = '400000000002';
  const secrets = { organization: 'external-id-of-the-organization', member: 'external-id-of-the-members' };

  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startMusterSandbox();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => control(sandbox, 'POST', '/reset'));
  afterEach(() => vi.unstubAllEnvs());

  const parametersOf = (values: Record<string, string>) =>
    Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

  async function deployManagement(CallerPrincipalArn: string, region = 'us-east-1', more: Record<string, string> = {}) {
    const client = new CloudFormationClient({ ...adminOf(sandbox, management), region });
    const StackName = 'muster-organization';
    await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: read('organization-management.yaml'),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: parametersOf({
          OrganizationExternalId: secrets.organization,
          MemberRoleName: 'muster-harvesting',
          MemberExternalId: secrets.member,
          CallerPrincipalArn,
          ...more,
        }),
      }),
    );
    return vi.waitFor(async () => {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
      expect(Stacks![0]!.StackStatus).toBe('CREATE_COMPLETE');
      return Object.fromEntries(Stacks![0]!.Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]));
    });
  }

  async function deployMembers(CallerPrincipalArn: string) {
    const client = new CloudFormationClient(adminOf(sandbox, management));
    const StackSetName = 'muster-members';
    await client.send(new ActivateOrganizationsAccessCommand({}));
    await client.send(
      new CreateStackSetCommand({
        StackSetName,
        TemplateBody: read('organization-member-role.yaml'),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        PermissionModel: 'SERVICE_MANAGED',
        AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
        Parameters: parametersOf({ MemberRoleName: 'muster-harvesting', MemberExternalId: secrets.member, CallerPrincipalArn }),
      }),
    );
    const { OperationId } = await client.send(
      new CreateStackInstancesCommand({ StackSetName, DeploymentTargets: { OrganizationalUnitIds: [testRoot] }, Regions: ['us-east-1'] }),
    );
    await vi.waitFor(async () => {
      const { StackSetOperation } = await client.send(new DescribeStackSetOperationCommand({ StackSetName, OperationId }));
      expect(StackSetOperation!.Status).toBe('SUCCEEDED');
    });
  }

  /** STS as in the product's worker: the only credentials are those of the instance. */
  function workerSts(): STSClient {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent');
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', sandbox.baseUrl);
    return new STSClient({ endpoint: sandbox.baseUrl, region: 'us-east-1', maxAttempts: 1 });
  }

  async function assume(sts: STSClient, RoleArn: string, ExternalId: string | undefined, region = 'us-east-1') {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'muster', ExternalId }));
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    return { ...keysOf(sandbox, { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken }), region };
  }

  /** The actions of a list that the role may perform, by its own simulation. */
  async function denied(session: object, PolicySourceArn: string, actions: readonly RoleAction[]): Promise<string[]> {
    const ask = async (on: RoleAction['on']) => {
      const { EvaluationResults } = await new IAMClient(session).send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn,
          ActionNames: actions.filter((action) => action.on === on).map(({ action }) => action),
          ...(on === 'own-role' ? { ResourceArns: [PolicySourceArn] } : {}),
        }),
      );
      return EvaluationResults!.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(({ EvalActionName }) => EvalActionName!);
    };
    const kinds = [...new Set(actions.map(({ on }) => on))];
    return (await Promise.all(kinds.map(ask))).flat();
  }

  test('O3 O5: the caller role assumes every role with the default chain, and the simulation of each role finds no gap', async () => {
    addOrganization(sandbox.world, { managementAccountId: management, accounts: { [member]: testRoot } });
    const outputs = await deployManagement(CALLER_ROLE_ARN);
    await deployMembers(CALLER_ROLE_ARN);
    const organizationRole = outputs.OrganizationRoleArn!;
    expect(organizationRole).toBe(formatRoleArn('aws', management, 'muster-organization'));
    expect(outputs.HarvestingRoleArn).toBe(formatRoleArn('aws', management, 'muster-harvesting'));

    const sts = workerSts();
    await expect(assume(sts, organizationRole, undefined)).rejects.toMatchObject({ name: 'AccessDenied' });
    const session = await assume(sts, organizationRole, secrets.organization);
    expect(await denied(session, organizationRole, [...organizationRoleActions, ...optionalOrganizationRoleActions])).toEqual([]);
    // It is not a harvesting role.
    expect(await denied(session, organizationRole, memberRoleActions)).toContain('s3:ListAllMyBuckets');

    for (const account of [management, member]) {
      const arn = formatRoleArn('aws', account, 'muster-harvesting');
      await expect(assume(sts, arn, secrets.organization)).rejects.toMatchObject({ name: 'AccessDenied' });
      expect(await denied(await assume(sts, arn, secrets.member), arn, memberRoleActions)).toEqual([]);
    }
  });

  test("O5 O10: the roles of the sandbox's ready-made organization have all permissions that the templates grant", async () => {
    const made = (await control(sandbox, 'POST', '/organizations', { accounts: 2, ous: 1, seed: 1 })).body as unknown as GeneratedOrganization;
    const { organizationRole, memberRole, managementAccountId } = made;
    const sts = workerSts();
    const session = await assume(sts, organizationRole.roleArn, organizationRole.externalId);
    const all = [...organizationRoleActions, ...optionalOrganizationRoleActions];
    expect(await denied(session, organizationRole.roleArn, all)).toEqual([]);
    const arn = formatRoleArn('aws', managementAccountId, memberRole.roleName);
    expect(await denied(await assume(sts, arn, memberRole.externalId), arn, memberRoleActions)).toEqual([]);
  });

  test('O2: without bulk tags the organization role lacks that one optional permission only', async () => {
    addOrganization(sandbox.world, { managementAccountId: management, accounts: {} });
    const { OrganizationRoleArn = '' } = await deployManagement(CALLER_ROLE_ARN, 'us-east-1', {
      ReadTagsInBulk: 'false',
    });
    const session = await assume(workerSts(), OrganizationRoleArn, secrets.organization);
    const all = [...organizationRoleActions, ...optionalOrganizationRoleActions];
    expect(await denied(session, OrganizationRoleArn, all)).toEqual(['tag:GetResources']);
  });

  test.each([
    ['aws-us-gov', 'us-gov-west-1'],
    ['aws-cn', 'cn-north-1'],
    ['aws-eusc', 'eusc-de-east-1'],
  ] as [Partition, string][])("O4: the management stack's roles are of partition %s there", async (partition, region) => {
    addOrganization(sandbox.world, { managementAccountId: management, accounts: {}, partition });
    const callerArn = `arn:${partition}:iam::${management}:user/muster`;
    const admin = { ...adminOf(sandbox, management), region };
    const keys = await makeCaller(admin, partition);
    const { OrganizationRoleArn = '' } = await deployManagement(callerArn, region);
    expect(OrganizationRoleArn).toBe(formatRoleArn(partition, management, 'muster-organization'));
    const sts = new STSClient({ ...keysOf(sandbox, keys), region });
    const session = await assume(sts, OrganizationRoleArn, secrets.organization, region);
    expect(await denied(session, OrganizationRoleArn, organizationRoleActions)).toEqual([]);
  });

  test('D4: the boundary allows every action that the harvesting role needs', async () => {
    addOrganization(sandbox.world, { managementAccountId: management, accounts: {} });
    await deployManagement(CALLER_ROLE_ARN);
    const arn = formatRoleArn('aws', management, 'muster-harvesting');
    const { EvaluationResults } = await new IAMClient(adminOf(sandbox, management)).send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: arn,
        ActionNames: memberRoleActions.map(({ action }) => action),
        ResourceArns: [arn],
        PermissionsBoundaryPolicyInputList: [read('delegation/permissions-boundary.json')],
      }),
    );
    expect(EvaluationResults!.filter(({ EvalDecision }) => EvalDecision !== 'allowed')).toEqual([]);
  });

  async function makeCaller(admin: object, partition: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
    const iam = new IAMClient(admin);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:${partition}:iam::*:role/*` },
    });
    await iam.send(new CreateUserCommand({ UserName: 'muster' }));
    await iam.send(new PutUserPolicyCommand({ UserName: 'muster', PolicyName: 'muster', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'muster' }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }
});
