/** D5: resource control policies hold for sts:AssumeRole in members, and nowhere else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestWorld } from '../fixtures/world.ts';
import type { TestWorld } from '../fixtures/world.ts';
import { addOrganization, testRoot } from '../testing/organization.ts';
import type { Organization } from './state.ts';

const [management, member, vendor] = ['510000000001', '510000000002', '510000000009'] as const;
const unit = 'ou-test-aaaaaaaa';

let world: TestWorld;
let organization: Organization;
beforeEach(async () => {
  world = createTestWorld();
  organization = addOrganization(world.world, {
    managementAccountId: management,
    units: { [unit]: testRoot },
    accounts: { [member]: unit },
  });
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: [vendor, management] }, Action: 'sts:AssumeRole' }],
  });
  for (const account of [management, member])
    await world.as(account)('iam', 'CreateRole', { RoleName: 'harvest', AssumeRolePolicyDocument });
});
afterEach(() => world.stop());

// oxlint-disable-next-line typescript/no-explicit-any -- each operation answers another structure
const call = <T = Record<string, any>>(operation: string, input: object) =>
  world.as(management)<T>('organizations', operation, input as Record<string, unknown>);
const assume = (from: string, account: string) =>
  world.as(from)('sts', 'AssumeRole', { RoleArn: `arn:aws:iam::${account}:role/harvest`, RoleSessionName: 'session' });
const onlyMine = (changes: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sts:AssumeRole',
        Resource: '*',
        Condition: {
          StringNotEqualsIfExists: { 'aws:PrincipalOrgID': organization.id },
          BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
        },
        ...changes,
      },
    ],
  });
const type = 'RESOURCE_CONTROL_POLICY';
const enable = () => call('EnablePolicyType', { RootId: testRoot, PolicyType: type });
async function create(Name: string, Content = onlyMine()): Promise<string> {
  const { Policy } = await call('CreatePolicy', { Name, Description: '', Type: type, Content });
  return Policy.PolicySummary.Id as string;
}

test.each([testRoot, unit, member])('D5: an RCP on %s refuses a vendor in the member, not in the management account', async (TargetId) => {
  await enable();
  await expect(assume(vendor, member)).resolves.toBeDefined();
  const PolicyId = await create('only-mine');
  await call('AttachPolicy', { PolicyId, TargetId });
  await expect(assume(vendor, member)).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
  await expect(assume(management, member)).resolves.toBeDefined();
  await expect(assume(vendor, management)).resolves.toBeDefined();
  await call('DetachPolicy', { PolicyId, TargetId });
  await expect(assume(vendor, member)).resolves.toBeDefined();
});

test('D5: the simulator does not evaluate RCPs', async () => {
  await enable();
  await call('AttachPolicy', { PolicyId: await create('all', onlyMine({ Action: 'sts:*', Condition: undefined })), TargetId: testRoot });
  const allow = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] });
  await world.as(member)('iam', 'PutRolePolicy', { RoleName: 'harvest', PolicyName: 'p', PolicyDocument: allow });
  const PolicySourceArn = `arn:aws:iam::${member}:role/harvest`;
  expect(await world.as(member)('iam', 'SimulatePrincipalPolicy', { PolicySourceArn, ActionNames: ['sts:AssumeRole'] })).toMatchObject({
    EvaluationResults: [{ EvalDecision: 'allowed' }],
  });
});

test('D5: RCPs are listed and described by their type, five to an entity, 5,120 characters each', async () => {
  const ids = [await create('one')];
  await expect(call('AttachPolicy', { PolicyId: ids[0], TargetId: unit })).rejects.toMatchObject({ code: 'PolicyTypeNotEnabledException' });
  await enable();
  for (const name of ['two', 'three', 'four', 'five']) ids.push(await create(name));
  for (const PolicyId of ids.slice(0, 4)) await call('AttachPolicy', { PolicyId, TargetId: unit });
  await expect(call('AttachPolicy', { PolicyId: ids[4], TargetId: unit })).rejects.toMatchObject({
    members: { Reason: 'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED' },
  });
  const listed = await call('ListPoliciesForTarget', { TargetId: unit, Filter: type });
  expect(listed.Policies.map(({ Name }: { Name: string }) => Name).sort()).toEqual(['RCPFullAWSAccess', 'four', 'one', 'three', 'two']);
  expect((await call('ListPoliciesForTarget', { TargetId: unit, Filter: 'SERVICE_CONTROL_POLICY' })).Policies).toHaveLength(1);
  expect((await call('ListPolicies', { Filter: type })).Policies).toHaveLength(6);
  expect((await call('DescribePolicy', { PolicyId: ids[0] })).Policy.PolicySummary).toMatchObject({
    Type: type,
    Arn: `arn:aws:organizations::${management}:policy/${organization.id}/resource_control_policy/${ids[0]}`,
  });
  expect((await call('ListTargetsForPolicy', { PolicyId: ids[0] })).Targets).toMatchObject([{ TargetId: unit }]);
  const full = { PolicyId: 'p-RCPFullAWSAccess', TargetId: unit };
  await expect(call('DetachPolicy', full)).rejects.toMatchObject({ code: 'ConstraintViolationException' });
  const long = onlyMine();
  await expect(create('long', `${long}${' '.repeat(5_121 - long.length)}`)).rejects.toMatchObject({
    members: { Reason: 'POLICY_CONTENT_LIMIT_EXCEEDED' },
  });
});

test.each([
  ['allows', { Effect: 'Allow' }],
  ['names a principal', { Principal: { AWS: vendor } }],
  ['has * alone as its action', { Action: '*' }],
])('D5: an RCP that %s is refused', async (_what, changes) => {
  await expect(create('bad', onlyMine(changes))).rejects.toMatchObject({ code: 'MalformedPolicyDocumentException' });
});
