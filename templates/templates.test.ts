import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { accountStackName, delegationParameters, organizationRoleName } from '../domain/delegation/parameters.ts';
import { optionalOrganizationRoleActions, organizationRoleActions } from '../domain/organizations/actions.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string | string[]>>;
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const statementsOf = (name: string): Statement[] => (JSON.parse(read(name)) as { Statement: Statement[] }).Statement;
const actionsOf = (statement: Statement): string[] => [statement.Action].flat();
const template = (name: string) =>
  parse(read(name), { logLevel: 'silent' }) as Record<string, Record<string, Record<string, never>>>;

const registration = JSON.parse(read('delegation/registration.json')) as {
  partnerName: string;
  partnerDomain: string;
  accountIds: string[];
  policyTemplates: { arn: string; file: string }[];
  permissionsBoundaries: { arn: string; file: string }[];
};
const requestId = '01234567-89ab-7cde-8f01-23456789abcd';

/** The rules for both delegated policies. Values are the longest that IAM, CloudFormation and our own names allow. */
const policies = [
  {
    scope: 'account',
    file: 'delegation/account-policy.json',
    template: 'account-onboarding.yaml',
    boundaryArn: registration.permissionsBoundaries[0]!.arn,
    resources: ['role/@{RoleName}', 'stack/@{StackName}/*'],
    longest: { AccountId: '123456789012', RoleName: 'r'.repeat(64), StackName: 's'.repeat(128) },
  },
  {
    scope: 'organization',
    file: 'delegation/organization-policy.json',
    template: 'organization-management.yaml',
    boundaryArn: registration.permissionsBoundaries[1]!.arn,
    resources: [
      'role/@{OrganizationRoleName}',
      'role/@{RoleName}',
      'stack/@{StackName}/*',
      'stackset-target/@{StackName}:*',
      'stackset/@{StackName}:*',
    ],
    longest: {
      AccountId: '123456789012',
      OrganizationRoleName: organizationRoleName(requestId),
      RequestId: requestId,
      RoleName: 'r'.repeat(64),
      StackName: accountStackName(requestId),
    },
  },
] as const;

/** AWS's reviewers accept no wildcard in the actions of these services (IAM User Guide, "Policy evaluation guidelines"). */
const sensitive = /^(iam|kms|ram|sso|identitystore|organizations|secretsmanager):/;

describe.each(policies)('$file', ({ scope, file, template: deployed, boundaryArn, resources, longest }) => {
  const text = read(file);
  const names = new Set([...text.matchAll(/@\{([^}]+)\}/g)].map((match) => match[1]!));
  const values: Record<string, string> = { ...longest };

  test('D4 D5: takes exactly the parameters that a request passes, each named as AWS allows', () => {
    const passed = delegationParameters({ id: requestId, scope, accountId: '123456789012', roleName: 'harvest' });
    expect([...names].sort()).toEqual(Object.keys(passed).sort());
    expect(Object.keys(values).sort()).toEqual(Object.keys(passed).sort());
    for (const name of names) expect(name).toMatch(/^[\x20-\x7e]{5,256}$/);
  });

  test('D3: fits into the 2,048 characters as it is registered, without white space', () => {
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThanOrEqual(2048);
  });

  test('D4 D5: fits into a session policy even with the longest names', () => {
    const rendered = JSON.stringify(JSON.parse(text.replaceAll(/@\{([^}]+)\}/g, (_, name: string) => values[name]!)));
    expect(rendered.length).toBeLessThanOrEqual(2048);
  });

  test('D4 D5: creates no role and changes no policy without the boundary', () => {
    const writes = ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:GetRole', 'iam:PutRolePolicy'];
    const holders = statementsOf(file).filter((s) => actionsOf(s).some((action) => writes.includes(action)));
    expect(holders.flatMap(actionsOf)).toEqual(expect.arrayContaining(writes));
    for (const { Condition } of holders) expect(Condition!.StringEquals).toEqual({ 'iam:PermissionsBoundary': boundaryArn });
  });

  test('D3: tags a new role with the keys of our templates and of CloudFormation only', () => {
    const holders = statementsOf(file).filter((s) => actionsOf(s).includes('iam:TagRole'));
    expect(holders.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'aws:TagKeys': ['aws:cloudformation:*', 'managed-by', 'muster-request'] } },
    ]);
  });

  test('D3: may tag the stack that it creates', () => {
    const holders = statementsOf(file).filter((s) => actionsOf(s).includes('cloudformation:TagResource'));
    expect(holders).toHaveLength(1);
    expect(actionsOf(holders[0]!)).toContain('cloudformation:CreateStack');
  });

  test('D4 D5: attaches only the managed policy that the template names', () => {
    const holders = statementsOf(file).filter((s) => actionsOf(s).includes('iam:AttachRolePolicy'));
    // The key is there whenever a policy is attached, so that the weaker operator of the merged statement is as strict.
    const conditions = holders.map(({ Condition }) => Condition!.ArnEquals ?? Condition!.ArnEqualsIfExists);
    expect(conditions).toEqual([{ 'iam:PolicyARN': 'arn:aws:iam::aws:policy/SecurityAudit' }]);
    expect(read(deployed)).toContain('arn:${AWS::Partition}:iam::aws:policy/SecurityAudit');
  });

  test('D6: allows removing a failed stack, which would stay in the account otherwise', () => {
    const actions = statementsOf(file).flatMap(actionsOf);
    expect(actions).toEqual(
      expect.arrayContaining([
        'cloudformation:DeleteStack',
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
      ]),
    );
  });

  test('O2: reaches the roles, the stack and the stack set of the request only', () => {
    const everywhere = ['CreateStackSet', 'DescribeOrganizationsAccess', 'DescribeOrganization', 'ListRoots'];
    const reached = statementsOf(file)
      .filter(({ Resource }) => Resource !== '*')
      .flatMap(({ Resource }) => [Resource].flat() as string[]);
    const own = reached.filter((arn) => arn !== 'arn:aws:cloudformation:*:*:type/resource/AWS-IAM-Role');
    expect(new Set(own.map((arn) => arn.split('@{AccountId}:')[1]))).toEqual(new Set(resources));
    // AWS cannot limit these to a resource: reads, and creating a stack set, which the tag of the request limits.
    const unbound = statementsOf(file).filter(({ Resource }) => Resource === '*');
    for (const action of unbound.flatMap(actionsOf)) expect(everywhere).toContain(action.split(':')[1]);
    for (const statement of unbound) {
      if (!actionsOf(statement).includes('cloudformation:CreateStackSet')) continue;
      expect(statement.Condition).toEqual({ StringEquals: { 'aws:RequestTag/muster-request': '@{RequestId}' } });
    }
  });
});

describe.each([...policies.map(({ file }) => file), ...registration.permissionsBoundaries.map(({ file }) => `delegation/${file}`)])(
  '%s',
  (name) => {
    test("O2: keeps AWS's review rules, or registration is refused", () => {
      const order = ['Effect', 'Action', 'Resource', 'Condition'];
      for (const statement of statementsOf(name)) {
        const actions = actionsOf(statement);
        expect(Object.keys(statement)).toEqual(order.filter((key) => key in statement));
        expect(actions).toEqual([...actions].sort());
        expect(actions.filter((action) => action === '*' || action.endsWith(':*'))).toEqual([]);
        expect(actions.filter((action) => sensitive.test(action) && action.includes('*'))).toEqual([]);
        const allowed = statement.Effect === 'Allow' ? actions.filter((action) => action.startsWith('organizations:')) : [];
        expect(allowed.filter((action) => !/:(Describe|List)/.test(action))).toEqual([]);
      }
    });
  },
);

describe.each(registration.permissionsBoundaries)('the boundary $file', ({ file }) => {
  const statements = statementsOf(`delegation/${file}`);
  const allowed = statements.filter((s) => s.Effect === 'Allow').flatMap(actionsOf);
  const denied = statements.filter((s) => s.Effect === 'Deny').flatMap(actionsOf);

  test('O2: has at most 6,144 characters without white space', () => {
    expect(JSON.stringify(JSON.parse(read(`delegation/${file}`))).length).toBeLessThanOrEqual(6144);
  });

  test('D3: reads of services whose resources other accounts may share stay within the account', () => {
    const shared = /^(backup|dynamodb|ecr|elasticfilesystem|es|events|glue|kinesis|kms|lambda|s3|secretsmanager|ses|sns|sqs):/;
    for (const statement of statements.filter((s) => s.Effect === 'Allow' && actionsOf(s).some((action) => shared.test(action)))) {
      // IfExists: AWS does not give the key with every call, nor with a simulation.
      expect(statement.Condition).toEqual({ StringEqualsIfExists: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } });
      expect(actionsOf(statement).filter((action) => !shared.test(action))).toEqual([]);
    }
  });

  test('D4: allows the role to simulate its own permissions, or Muster would never find permission gaps', () => {
    expect(allowed).toEqual(expect.arrayContaining(['cloudformation:Describe*', 'iam:SimulatePrincipalPolicy']));
  });

  test('O2: allows only reads, and denies escalation and reading data', () => {
    const reading =
      /:(BatchGet|Describe|GET$|Generate(CredentialReport|ServiceLastAccessedDetails)$|Get|List|SimulatePrincipalPolicy$)/;
    expect(allowed.filter((action) => !reading.test(action))).toEqual([]);
    expect(denied).toEqual(
      expect.arrayContaining(['iam:CreateRole', 'iam:PassRole', 'iam:PutRolePolicy', 'kms:Decrypt', 's3:GetObject', 'sts:AssumeRole']),
    );
  });
});

test('D5: the organization boundary is the account boundary plus the organization data that the management stack grants', () => {
  const allowedBy = (file: string) =>
    statementsOf(file)
      .filter((s) => s.Effect === 'Allow')
      .flatMap(actionsOf);
  const more = allowedBy('delegation/organization-boundary.json').filter(
    (action) => !allowedBy('delegation/permissions-boundary.json').includes(action),
  );
  expect(new Set(more)).toEqual(
    new Set(
      [...organizationRoleActions, ...optionalOrganizationRoleActions]
        .map(({ action }) => action)
        // In both boundaries.
        .filter((action) => action.startsWith('organizations:') && action !== 'organizations:DescribeOrganization'),
    ),
  );
});

describe('the registration', () => {
  test('D4: names files that exist, under ARNs of our domain', () => {
    const entries = [...registration.policyTemplates, ...registration.permissionsBoundaries];
    expect(registration.policyTemplates).not.toHaveLength(0);
    expect(registration.permissionsBoundaries).not.toHaveLength(0);
    for (const { arn, file } of entries) {
      expect(existsSync(new URL(`delegation/${file}`, import.meta.url)), file).toBe(true);
      expect(arn).toMatch(new RegExp(`^arn:aws:iam::partner:.*/${registration.partnerDomain}/`));
    }
    expect(registration.partnerName.length).toBeLessThanOrEqual(30);
    for (const id of registration.accountIds) expect(id).toMatch(/^\d{12}$/);
  });
});

const patternOf = (file: string) =>
  new RegExp(`^(?:${String(template(file).Parameters!.PermissionsBoundaryArn!.AllowedPattern)})$`);

// The spellings of AWS's own pages. AWS gives the ARN, so no part of the product may read it.
test.each([
  'arn:aws:iam::partner:policy/permission_boundary/partner.example/Boundary_20250115',
  'arn:aws:iam::partner:policy/partner.example/Boundary_20250115',
  'arn:aws:iam::partner:policy/permissions-boundary/partner.example/Boundary_2025_01_15',
])('D3: a boundary may be spelt %s', (arn) => {
  for (const file of ['account-onboarding.yaml', 'organization-management.yaml']) expect(arn).toMatch(patternOf(file));
});

describe('account-onboarding.yaml', () => {
  const { Parameters, Resources, Outputs } = template('account-onboarding.yaml');
  const role = Resources!.HarvestingRole!.Properties as unknown as Record<string, unknown>;

  test('D4: fits inline into CreateStack, which takes at most 51,200 bytes', () => {
    expect(Buffer.byteLength(read('account-onboarding.yaml'))).toBeLessThanOrEqual(51_200);
    expect(Object.keys(Outputs!)).toEqual(['RoleArn']);
  });

  test('D12: only our caller may assume the role, and only with the external id, which is not echoed', () => {
    expect(Parameters!.ExternalId!.NoEcho).toBe(true);
    expect((role.AssumeRolePolicyDocument as { Statement: unknown }).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: 'CallerPrincipalArn' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'ExternalId' } },
      },
    ]);
  });

  test('D4: the role always carries the boundary, or the delegated policy refuses to create it', () => {
    expect(role.PermissionsBoundary).toBe('PermissionsBoundaryArn');
    expect(registration.permissionsBoundaries[0]!.arn).toMatch(patternOf('account-onboarding.yaml'));
  });

  test('D4: the role can read its own stack and check itself after the delegated access has ended', () => {
    const [policy] = role.Policies as { PolicyDocument: { Statement: Statement[] } }[];
    expect(policy!.PolicyDocument.Statement.map(({ Action, Resource }) => ({ Action, Resource }))).toEqual([
      { Action: ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks'], Resource: 'AWS::StackId' },
      { Action: 'iam:SimulatePrincipalPolicy', Resource: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${RoleName}' },
    ]);
  });

  test('O2: holds no literal partition, so that it works in every one', () => {
    expect(JSON.stringify(Resources)).not.toContain('arn:aws:');
  });
});

describe('muster-caller.yaml', () => {
  const { Parameters, Resources, Outputs } = template('muster-caller.yaml');
  const callerStatements = () => {
    const role = Resources!.CallerRole!.Properties as unknown as { Policies: { PolicyDocument: { Statement: unknown[] } }[] };
    // A conditional statement is read as [condition, statement, AWS::NoValue].
    return role.Policies.flatMap((policy) => policy.PolicyDocument.Statement).map(
      (statement) => (Array.isArray(statement) ? statement[1] : statement) as Statement & { Sid: string },
    );
  };
  const callerStatement = (sid: string) => callerStatements().find(({ Sid }) => Sid === sid);
  const statements = (id: string) =>
    (Resources![id]!.Properties as unknown as { PolicyDocument: { Statement: Record<string, unknown>[] } }).PolicyDocument
      .Statement;

  test('O2: can be deployed as it is: every parameter has a default', () => {
    for (const [name, parameter] of Object.entries(Parameters!)) expect(parameter, name).toHaveProperty('Default');
    expect(Object.keys(Outputs!)).toEqual(['CallerRoleArn', 'NotificationTopicArn', 'NotificationQueueUrl', 'DeadLetterQueueUrl']);
  });

  test('O2: the caller may perform only the actions that the product calls', () => {
    expect([...new Set(callerStatements().flatMap(actionsOf))].sort()).toEqual([
      'iam:CreateDelegationRequest',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sts:AssumeRole',
      'sts:GetDelegatedAccessToken',
    ]);
  });

  test('D4: requests for delegation are held to our templates, our topic and a duration', () => {
    expect(callerStatement('RequestDelegation')).toMatchObject({
      Action: 'iam:CreateDelegationRequest',
      Condition: {
        ArnEquals: { 'iam:TemplateArn': 'PolicyTemplateArns' },
        NumericLessThanEquals: { 'iam:DelegationDuration': 'MaxDelegationSeconds' },
        StringEquals: { 'iam:NotificationChannel': 'NotificationTopic' },
      },
    });
    // The sandbox deploys the template with its defaults.
    const defaults = String(Parameters!.PolicyTemplateArns!.Default).split(',');
    expect(defaults).toEqual(registration.policyTemplates.map(({ arn }) => arn));
  });

  test('B3: the caller may assume roles outside of its own account, and there the one role of the parameter', () => {
    expect(callerStatement('AssumeCustomerRoles')!.Condition).toEqual({ StringNotEquals: { 'aws:ResourceAccount': 'AWS::AccountId' } });
    expect(callerStatement('AssumeOwnRole')).toEqual({
      Sid: 'AssumeOwnRole',
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: 'OwnAccountRoleArn',
    });
    // A Deny would forbid the one role, too; a condition on the external id would forbid to ask without it (D12).
    expect(callerStatements().filter(({ Effect }) => Effect !== 'Allow')).toEqual([]);
    expect(JSON.stringify(callerStatements())).not.toContain('sts:ExternalId');
  });

  test('D4: topic and queues refuse calls without TLS', () => {
    for (const id of ['NotificationTopicPolicy', 'NotificationQueuePolicy', 'DeadLetterQueuePolicy']) {
      expect(statements(id).filter(({ Effect }) => Effect === 'Deny')).toEqual([
        expect.objectContaining({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]);
    }
  });

  test('D4: only the notification queue may use the dead-letter queue', () => {
    expect(Resources!.DeadLetterQueue!.Properties).toMatchObject({
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: ['arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${QueueName}'],
      },
    });
  });

  test('D11: no other account can subscribe to the topic or send to the queue, because exchange tokens pass through both', () => {
    const allowed = (id: string) => statements(id).filter(({ Effect }) => Effect === 'Allow');
    const [publish, subscribe, ...others] = allowed('NotificationTopicPolicy');
    expect(publish).toMatchObject({ Principal: { Service: 'iam.amazonaws.com' }, Action: 'SNS:Publish' });
    expect(subscribe!.Principal).toEqual({ AWS: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' });
    expect(others).toEqual([]);
    expect(allowed('DeadLetterQueuePolicy')).toEqual([]);
    expect(allowed('NotificationQueuePolicy')).toEqual([
      expect.objectContaining({
        Principal: { Service: 'sns.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': 'NotificationTopic' } },
      }),
    ]);
  });

  test('D10: a message that the workers cannot process is kept for 14 days, never dropped', () => {
    const queue = Resources!.NotificationQueue!.Properties as unknown as Record<string, unknown>;
    expect(queue).toMatchObject({ MessageRetentionPeriod: 1_209_600, RedrivePolicy: { maxReceiveCount: 10 }, SqsManagedSseEnabled: true });
    expect(Resources!.DeadLetterQueue!.Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    expect(Resources!.NotificationSubscription!.Properties).toMatchObject({ RawMessageDelivery: false });
  });
});
