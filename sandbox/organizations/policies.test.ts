import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  DescribePolicyCommand,
  DetachPolicyCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  paginateListTargetsForPolicy,
} from '@aws-sdk/client-organizations';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { adminOf, control, keysOf } from '../testing/http.ts';
import { assume, makeOrganization, organizationsOf } from '../fixtures/organizations.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { organizationsState } from './state.ts';
import { policiesOnPath } from './tree.ts';

const FullAccess = 'p-FullAWSAccess';
const Filter = 'SERVICE_CONTROL_POLICY';

let sandbox: Sandbox;
let made: GeneratedOrganization;
let client: OrganizationsClient;
/** In an OU two levels down. */
let member: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await control(sandbox, 'PUT', '/limits', { mode: 'off' });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  made = await makeOrganization(sandbox, { accounts: 24, ous: 2, depth: 2 });
  client = organizationsOf(sandbox, made.managementAccountId);
  const nested = [...stored().units.values()].find(({ parentId }) => parentId !== made.rootId)!.id;
  member = [...stored().accounts.values()].find(({ parentId }) => parentId === nested)!.id;
});

const stored = () => organizationsState.of(sandbox.world).organizations.get(made.organizationId)!;

async function createPolicy(statement: object): Promise<string> {
  const Content = JSON.stringify({ Version: '2012-10-17', Statement: [{ Resource: '*', ...statement }] });
  const { Policy } = await client.send(
    new CreatePolicyCommand({ Content, Description: '', Name: `policy ${stored().policies.size}`, Type: Filter }),
  );
  return Policy!.PolicySummary!.Id!;
}

const attach = (PolicyId: string, TargetId: string) => client.send(new AttachPolicyCommand({ PolicyId, TargetId }));
const detach = (PolicyId: string, TargetId: string) => client.send(new DetachPolicyCommand({ PolicyId, TargetId }));
const listed = async (TargetId: string) =>
  (await client.send(new ListPoliciesForTargetCommand({ TargetId, Filter }))).Policies!.map(({ Id }) => Id);

async function targetsOf(PolicyId: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of paginateListTargetsForPolicy({ client }, { PolicyId }))
    ids.push(...page.Targets!.map(({ TargetId }) => TargetId!));
  return ids;
}

describe('O15: SCPs and where they are attached', () => {
  it('FullAWSAccess is on the root, every OU and every account', async () => {
    const { Policies } = await client.send(new ListPoliciesCommand({ Filter }));
    expect(Policies).toMatchObject([{ Id: FullAccess, Name: 'FullAWSAccess', AwsManaged: true, Type: Filter }]);
    expect(Policies![0]!.Arn).toBe('arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess');
    const { rootId, units, accounts } = stored();
    expect((await targetsOf(FullAccess)).sort()).toEqual([rootId, ...units.keys(), ...accounts.keys()].sort());
    const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId: FullAccess }));
    expect(JSON.parse(Policy!.Content!)).toMatchObject({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  });

  it('the last one cannot be detached, none can be attached twice, and ten is the most (D5)', async () => {
    await expect(detach(FullAccess, member)).rejects.toMatchObject({
      name: 'ConstraintViolationException',
      Reason: 'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
    });
    await expect(attach(FullAccess, member)).rejects.toMatchObject({ name: 'DuplicatePolicyAttachmentException' });
    const ids: string[] = [];
    for (let count = 0; count < 10; count += 1) ids.push(await createPolicy({ Effect: 'Deny', Action: 's3:*' }));
    for (const id of ids.slice(0, 9)) await attach(id, member);
    await expect(attach(ids[9]!, member)).rejects.toMatchObject({ Reason: 'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED' });
    await detach(FullAccess, member);
    expect(new Set(await listed(member))).toEqual(new Set(ids.slice(0, 9)));
    expect(await targetsOf(FullAccess)).not.toContain(member);
    await expect(detach(FullAccess, member)).rejects.toMatchObject({ name: 'PolicyNotAttachedException' });
  });

  it('a policy that is none, one of another type, or one of a taken name is refused', async () => {
    const create = (input: object) =>
      client.send(new CreatePolicyCommand({ Content: '{}', Description: '', Name: 'x', Type: Filter, ...input }));
    await expect(create({})).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
    await expect(create({ Type: 'TAG_POLICY' })).rejects.toMatchObject({ name: 'PolicyTypeNotAvailableForOrganizationException' });
    await expect(create({ Name: 'FullAWSAccess' })).rejects.toMatchObject({ name: 'DuplicatePolicyException' });
    const sized = (length: number) => {
      const content = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] });
      return `${content}${' '.repeat(length - content.length)}`;
    };
    await expect(create({ Content: sized(10_241) })).rejects.toMatchObject({ Reason: 'POLICY_CONTENT_LIMIT_EXCEEDED' });
    await expect(create({ Content: sized(10_240) })).resolves.toBeDefined();
  });
});

describe("O18: SCPs restrict a member's principals", () => {
  const roleOf = (accountId: string) => `arn:aws:iam::${accountId}:role/${made.memberRole.roleName}`;
  async function harvester(accountId: string): Promise<IAMClient> {
    return new IAMClient(keysOf(sandbox, await assume(sandbox, roleOf(accountId), made.memberRole.externalId)));
  }
  const readRole = (iam: IAMClient) => iam.send(new GetRoleCommand({ RoleName: made.memberRole.roleName }));

  it.each(['root', 'OU', 'account'])('a deny on the %s is reported as such', async (level) => {
    const iam = await harvester(member);
    await readRole(iam);
    const target = { root: made.rootId, OU: stored().accounts.get(member)!.parentId, account: member }[level]!;
    const policyId = await createPolicy({ Effect: 'Deny', Action: 'iam:GetRole' });
    await attach(policyId, target);
    await expect(readRole(iam)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:sts::${member}:assumed-role/${made.memberRole.roleName}/session is not authorized to perform: iam:GetRole on resource: ${roleOf(member)} with an explicit deny in a service control policy`,
    });
    await detach(policyId, target);
    await readRole(iam);
  });

  it('each level must allow', async () => {
    const iam = await harvester(member);
    const onlyS3 = await createPolicy({ Effect: 'Allow', Action: 's3:*' });
    const unit = stored().accounts.get(member)!.parentId;
    await attach(onlyS3, unit);
    await readRole(iam);
    await detach(FullAccess, unit);
    await expect(readRole(iam)).rejects.toMatchObject({
      message: expect.stringContaining('because no service control policy allows the iam:GetRole action'),
    });
  });

  it("the member's root user and administrators are restricted, the management account never is", async () => {
    const policyId = await createPolicy({ Effect: 'Deny', Action: 'iam:GetRole' });
    await attach(policyId, made.rootId);
    await expect(readRole(new IAMClient(adminOf(sandbox, member)))).rejects.toMatchObject({ name: 'AccessDenied' });
    await readRole(await harvester(made.managementAccountId));
  });

  it('a condition on the principal spares the principals that it names', async () => {
    const iam = await harvester(member);
    const except = (name: string) => ({ ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::*:role/${name}` } });
    await attach(await createPolicy({ Effect: 'Deny', Action: '*', Condition: except(made.memberRole.roleName) }), member);
    await readRole(iam);
    await attach(await createPolicy({ Effect: 'Deny', Action: '*', Condition: except('somebody') }), member);
    await expect(readRole(iam)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it("assuming a role from outside is not the member's own doing: no SCP of the member stops it", async () => {
    await attach(await createPolicy({ Effect: 'Deny', Action: 'sts:AssumeRole' }), member);
    await expect(harvester(member)).resolves.toBeInstanceOf(IAMClient);
  });

  it('the path of an account holds what is attached on each level', async () => {
    const policyId = await createPolicy({ Effect: 'Deny', Action: 's3:*' });
    await attach(policyId, member);
    const path = policiesOnPath(sandbox.world, member);
    const unit = stored().accounts.get(member)!.parentId;
    expect(path.map((level) => level[0]!.targetId)).toEqual([made.rootId, stored().units.get(unit)!.parentId, unit, member]);
    expect(path.map((level) => level.map((policy) => policy.policyId))).toEqual([
      [FullAccess],
      [FullAccess],
      [FullAccess],
      [FullAccess, policyId],
    ]);
    expect(policiesOnPath(sandbox.world, made.managementAccountId)).toEqual([]);
    expect(policiesOnPath(sandbox.world, '123412341234')).toEqual([]);
  });
});
