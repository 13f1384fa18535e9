import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../core/caller.ts';
import { delegationState } from '../delegation/state.ts';
import { createTestWorld, customerAccount } from '../fixtures/world.ts';
import type { TestWorld } from '../fixtures/world.ts';

const boundaryArn = 'arn:aws:iam::partner:policy/permission_boundary/partner.example/harvest-boundary_20261101';
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${customerAccount}:root` }, Action: 'sts:AssumeRole' },
});
const readS3 = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: '*' } });

/** The parts of IAM's answers that these tests read. */
interface Answer {
  Role: { RoleId: string; Arn: string };
  Roles: { RoleName: string }[];
  Policy: { Arn: string };
  PolicyDocument: string;
  Tags: object[];
  IsTruncated: boolean;
  Marker?: string;
}

let test: TestWorld;
let iam: (operation: string, input?: Record<string, unknown>) => Promise<Answer>;

beforeEach(() => {
  test = createTestWorld();
  delegationState.of(test.world).boundaries.set(boundaryArn, {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
  });
  iam = (operation, input = {}) => test.as(customerAccount)<Answer>('iam', operation, input);
});
afterEach(() => test.stop());

const createRole = (input: Record<string, unknown> = {}) =>
  iam('CreateRole', { RoleName: 'harvest', AssumeRolePolicyDocument: trust, ...input });

/** A session whose only rights are those of the given session policy. */
function sessionWith(...statements: object[]): Caller {
  return {
    accountId: customerAccount,
    arn: `arn:aws:iam::${customerAccount}:root`,
    userId: customerAccount,
    principalArn: `arn:aws:iam::${customerAccount}:root`,
    kind: 'delegated',
    sessionPolicies: [{ Version: '2012-10-17', Statement: statements as never }],
    expiresAt: Date.now() + 60_000,
  };
}

describe('D4: a delegated session cannot make or arm a role without the boundary', () => {
  const onlyWithBoundary = {
    Effect: 'Allow',
    Action: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:DeleteRolePolicy'],
    Resource: `arn:aws:iam::${customerAccount}:role/harvest`,
    Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } },
  };
  const delegated = (operation: string, input: Record<string, unknown>) =>
    test.world.invoke('iam', operation, input, sessionWith(onlyWithBoundary));
  const role = { RoleName: 'harvest', AssumeRolePolicyDocument: trust };
  const inline = { RoleName: 'harvest', PolicyName: 'p', PolicyDocument: readS3 };

  it('creating needs the boundary in the request', async () => {
    await expect(delegated('CreateRole', role)).rejects.toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('because no session policy allows the iam:CreateRole action'),
    });
    await expect(delegated('CreateRole', { ...role, PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })).rejects.toMatchObject(
      { code: 'AccessDenied' },
    );
    await expect(delegated('CreateRole', { ...role, PermissionsBoundary: boundaryArn })).resolves.toBeDefined();
  });

  it("every later write needs it on the role, also when the role is another owner's", async () => {
    await createRole();
    await expect(delegated('PutRolePolicy', inline)).rejects.toMatchObject({ code: 'AccessDenied' });
    await iam('PutRolePermissionsBoundary', { RoleName: 'harvest', PermissionsBoundary: boundaryArn });
    await delegated('PutRolePolicy', inline);
    await delegated('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' });
    await delegated('DeleteRolePolicy', { RoleName: 'harvest', PolicyName: 'p' });
    await expect(delegated('DeleteRolePermissionsBoundary', { RoleName: 'harvest' })).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('tags at creation need iam:TagRole as well', async () => {
    const tagged = { ...role, PermissionsBoundary: boundaryArn, Tags: [{ Key: 'managed-by', Value: 'partner' }] };
    await expect(delegated('CreateRole', tagged)).rejects.toMatchObject({ message: expect.stringContaining('iam:TagRole') });
  });

  it.each([
    ['TagRole', { Tags: [{ Key: 'managed-by', Value: 'partner' }] }],
    ['UntagRole', { TagKeys: ['managed-by'] }],
    ['ListRolePolicies', {}],
  ])('%s does not know the key: a statement that demands it never allows it', async (operation, input) => {
    await createRole({ PermissionsBoundary: boundaryArn });
    const demanding = { ...onlyWithBoundary, Action: `iam:${operation}` };
    const asked = (...statements: object[]) =>
      test.world.invoke('iam', operation, { RoleName: 'harvest', ...input }, sessionWith(...statements));
    await expect(asked(demanding)).rejects.toMatchObject({ code: 'AccessDenied' });
    const { Condition: _boundary, ...plain } = demanding;
    await asked(plain);
  });

  it.each([
    ['GetRole', {}],
    ['UpdateRole', { Description: 'changed' }],
    ['UpdateAssumeRolePolicy', { PolicyDocument: trust }],
    ['DeleteRole', {}],
  ])('%s knows the key: it works on a role with the boundary, and on no other', async (operation, input) => {
    const demanding = { ...onlyWithBoundary, Action: `iam:${operation}` };
    const asked = () => test.world.invoke('iam', operation, { RoleName: 'harvest', ...input }, sessionWith(demanding));
    // Without the role there is no boundary, so the statement does not allow the call.
    await expect(asked()).rejects.toMatchObject({ code: 'AccessDenied' });
    await createRole();
    await expect(asked()).rejects.toMatchObject({ code: 'AccessDenied' });
    await iam('PutRolePermissionsBoundary', { RoleName: 'harvest', PermissionsBoundary: boundaryArn });
    await asked();
  });

  it('tags at creation do not know it either', async () => {
    const tagged = { ...role, PermissionsBoundary: boundaryArn, Tags: [{ Key: 'managed-by', Value: 'partner' }] };
    const { Condition: _boundary, ...tagging } = { ...onlyWithBoundary, Action: 'iam:TagRole' };
    const create = (...statements: object[]) => test.world.invoke('iam', 'CreateRole', tagged, sessionWith(...statements));
    await expect(create(onlyWithBoundary, { ...onlyWithBoundary, Action: 'iam:TagRole' })).rejects.toMatchObject({
      message: expect.stringContaining('iam:TagRole'),
    });
    await create(onlyWithBoundary, tagging);
  });

  it('an unregistered boundary is refused', async () => {
    await expect(createRole({ PermissionsBoundary: `${boundaryArn}9` })).rejects.toMatchObject({ code: 'NoSuchEntity' });
    await expect(createRole({ PermissionsBoundary: 'arn:aws:iam::444455556666:policy/theirs' })).rejects.toMatchObject({
      code: 'InvalidInput',
    });
  });
});

describe("D6: IAM refuses what AWS's IAM refuses, in its words", () => {
  it('names every bad field at once', async () => {
    await expect(createRole({ RoleName: 'a b', MaxSessionDuration: '100', Path: 'x' })).rejects.toMatchObject({
      code: 'ValidationError',
      message: expect.stringMatching(
        /^3 validation errors detected: Value 'x' at 'path' .*'a b' at 'roleName'.*'maxSessionDuration' .* greater than or equal to 3600$/,
      ),
    });
    await expect(createRole({ RoleName: 'x'.repeat(65) })).rejects.toMatchObject({
      message: expect.stringContaining('less than or equal to 64'),
    });
    await expect(iam('CreateRole')).rejects.toMatchObject({
      message: expect.stringContaining("Value null at 'roleName' failed to satisfy constraint: Member must not be null"),
    });
  });

  const trustWith = (statement: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: customerAccount }, Action: 'sts:AssumeRole', ...statement },
    });
  it.each([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['a resource', trustWith({ Resource: '*' }), 'Has prohibited field Resource'],
    ['another action', trustWith({ Action: 's3:GetObject' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    ['no principal', trustWith({ Principal: undefined }), 'Missing required field Principal'],
    ['an unknown element', trustWith({ Pricipal: 1 }), 'Syntax errors in policy.'],
    ['an unknown operator', trustWith({ Condition: { StringMatch: { 'sts:ExternalId': 'x' } } }), 'Invalid Condition type : StringMatch.'],
    [
      'a role that does not exist',
      trustWith({ Principal: { AWS: 'arn:aws:iam::909090909090:role/nobody' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::909090909090:role/nobody"',
    ],
    [
      'a pattern in an ARN',
      trustWith({ Principal: { AWS: 'arn:aws:iam::909090909090:role/*' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::909090909090:role/*"',
    ],
  ])('trust policy with %s', async (_, document, message) => {
    await expect(createRole({ AssumeRolePolicyDocument: document })).rejects.toMatchObject({ code: 'MalformedPolicyDocument', message });
  });

  const policyWith = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: '*', ...statement } });
  it.each([
    ['a principal', policyWith({ Principal: '*' }), 'Policy document should not specify a principal.'],
    ['no resource', policyWith({ Resource: undefined }), 'Policy statement must contain resources.'],
    ['no action', policyWith({ Action: undefined }), 'Policy statement must contain actions.'],
    [
      'an action without a service',
      policyWith({ Action: 'GetObject' }),
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    ['a resource that is no ARN', policyWith({ Resource: 'bucket' }), 'Resource bucket must be in ARN format or "*".'],
    ['another version', '{"Version":"2020-01-01","Statement":[]}', 'The policy must contain a valid version string'],
  ])('inline policy with %s', async (_, document, message) => {
    await createRole();
    await expect(iam('PutRolePolicy', { RoleName: 'harvest', PolicyName: 'p', PolicyDocument: document })).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      message,
    });
  });

  it('a name is taken in any case and under any path', async () => {
    await createRole();
    await expect(createRole({ RoleName: 'HARVEST', Path: '/x/' })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      status: 409,
      message: 'Role with name HARVEST already exists.',
    });
  });

  it('a role in use cannot be deleted, and says what holds it', async () => {
    const deletion = () => iam('DeleteRole', { RoleName: 'harvest' });
    await createRole();
    await iam('PutRolePolicy', { RoleName: 'harvest', PolicyName: 'p', PolicyDocument: readS3 });
    await iam('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' });
    await iam('CreateInstanceProfile', { InstanceProfileName: 'harvest' });
    await iam('AddRoleToInstanceProfile', { InstanceProfileName: 'harvest', RoleName: 'harvest' });
    await expect(deletion()).rejects.toMatchObject({
      code: 'DeleteConflict',
      status: 409,
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await iam('DetachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' });
    await expect(deletion()).rejects.toMatchObject({ message: 'Cannot delete entity, must delete policies first.' });
    await iam('DeleteRolePolicy', { RoleName: 'harvest', PolicyName: 'p' });
    await expect(deletion()).rejects.toMatchObject({ message: 'Cannot delete entity, must remove roles from instance profile first.' });
    await iam('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'harvest', RoleName: 'harvest' });
    await deletion();
    await expect(iam('GetRole', { RoleName: 'harvest' })).rejects.toMatchObject({
      code: 'NoSuchEntity',
      status: 404,
      message: 'The role with name harvest cannot be found.',
    });
  });

  it('sizes and counts are limited as by default', async () => {
    const long = (characters: number) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Sid: 'x'.repeat(characters), Effect: 'Allow', Action: 's3:Get*', Resource: '*', Principal: undefined },
      });
    const longTrust = trust.replace('"Effect"', `"Sid":"${'x'.repeat(2_048)}","Effect"`);
    await expect(createRole({ AssumeRolePolicyDocument: longTrust })).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    });
    await createRole();
    const put = (PolicyName: string, size: number) => iam('PutRolePolicy', { RoleName: 'harvest', PolicyName, PolicyDocument: long(size) });
    await put('a', 6_000);
    await expect(put('b', 6_000)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Maximum policy size of 10240 bytes exceeded for role harvest',
    });
    // Replacing a policy does not count it twice.
    await put('a', 6_100);
    await expect(iam('CreatePolicy', { PolicyName: 'big', PolicyDocument: long(6_144) })).rejects.toMatchObject({ code: 'LimitExceeded' });
    for (let index = 0; index < 10; index += 1) {
      const { Policy } = await iam('CreatePolicy', { PolicyName: `p${index}`, PolicyDocument: readS3 });
      await iam('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: Policy.Arn });
    }
    await expect(
      iam('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit' }),
    ).rejects.toMatchObject({ message: 'Cannot exceed quota for PoliciesPerRole: 10' });
    await expect(iam('DeletePolicy', { PolicyArn: `arn:aws:iam::${customerAccount}:policy/p0` })).rejects.toMatchObject({
      code: 'DeleteConflict',
    });
  });

  it('passing a role to an instance profile needs iam:PassRole', async () => {
    await createRole();
    await iam('CreateInstanceProfile', { InstanceProfileName: 'harvest' });
    const add = (...statements: object[]) =>
      test.world.invoke(
        'iam',
        'AddRoleToInstanceProfile',
        { InstanceProfileName: 'harvest', RoleName: 'harvest' },
        sessionWith(...statements),
      );
    const mayAdd = { Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: '*' };
    await expect(add(mayAdd)).rejects.toMatchObject({ message: expect.stringContaining('iam:PassRole') });
    await add(mayAdd, {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: '*',
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    });
  });
});

describe('reads', () => {
  it('lists page by page, none lost and none twice', async () => {
    for (let index = 0; index < 7; index += 1) await createRole({ RoleName: `role-${index}` });
    const names: string[] = [];
    let marker: string | undefined;
    do {
      const page: Answer = await iam('ListRoles', { MaxItems: '3', ...(marker ? { Marker: marker } : {}) });
      expect(page.Roles.length).toBeLessThanOrEqual(3);
      names.push(...page.Roles.map((role) => role.RoleName));
      expect(page.IsTruncated).toBe(page.Marker !== undefined);
      marker = page.Marker;
    } while (marker);
    expect(names).toEqual(['role-0', 'role-1', 'role-2', 'role-3', 'role-4', 'role-5', 'role-6']);
    await expect(iam('ListRoles', { Marker: 'made-up' })).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('policies come URL-encoded, and read back as they were', async () => {
    await createRole();
    await iam('PutRolePolicy', { RoleName: 'harvest', PolicyName: 'p', PolicyDocument: readS3 });
    const { PolicyDocument } = await iam('GetRolePolicy', { RoleName: 'harvest', PolicyName: 'p' });
    expect(PolicyDocument).toMatch(/^%7B%22Version%22/);
    expect(PolicyDocument).toContain('s3%3AGet%2A');
    expect(decodeURIComponent(PolicyDocument)).toBe(readS3);
  });

  it('tags are case-insensitive by key', async () => {
    await createRole({ Tags: [{ Key: 'Team', Value: 'a' }] });
    await iam('TagRole', { RoleName: 'harvest', Tags: [{ Key: 'team', Value: 'b' }] });
    expect((await iam('ListRoleTags', { RoleName: 'harvest' })).Tags).toEqual([{ Key: 'team', Value: 'b' }]);
    await expect(iam('TagRole', { RoleName: 'harvest', Tags: [{ Key: 'aws:x', Value: '' }] })).rejects.toMatchObject({
      code: 'InvalidInput',
    });
    await iam('UntagRole', { RoleName: 'harvest', TagKeys: ['TEAM'] });
    expect((await iam('ListRoleTags', { RoleName: 'harvest' })).Tags).toEqual([]);
  });
});

describe('D12: a session ends with the role that it came from', () => {
  it('a role made again under the same name is another role', async () => {
    const { Role } = await createRole();
    await iam('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' });
    const session: Caller = {
      accountId: customerAccount,
      arn: `arn:aws:sts::${customerAccount}:assumed-role/harvest/s`,
      userId: `${Role.RoleId}:s`,
      principalArn: Role.Arn,
      kind: 'role-session',
      sessionPolicies: [],
      expiresAt: Date.now() + 60_000,
    };
    const read = () => test.world.invoke('iam', 'GetRole', { RoleName: 'harvest' }, session);
    await expect(read()).resolves.toBeDefined();
    await iam('DetachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' });
    await expect(read()).rejects.toMatchObject({ code: 'AccessDenied' });
    await iam('DeleteRole', { RoleName: 'harvest' });
    await createRole();
    await iam('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' });
    await expect(read()).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('a boundary narrows what the policies of a role give', async () => {
    const { Role } = await createRole({ PermissionsBoundary: boundaryArn });
    await iam('AttachRolePolicy', { RoleName: 'harvest', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    const session: Caller = {
      accountId: customerAccount,
      arn: 'x',
      userId: `${Role.RoleId}:s`,
      principalArn: Role.Arn,
      kind: 'role-session',
      sessionPolicies: [],
    };
    await expect(test.world.invoke('iam', 'GetRole', { RoleName: 'harvest' }, session)).rejects.toMatchObject({
      message: expect.stringContaining('because no permissions boundary allows the iam:GetRole action'),
    });
  });
});
