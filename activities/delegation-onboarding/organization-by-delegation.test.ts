/** An organization by delegation (D5): the activities that deploy, prove and remove with the delegated credentials. */
import {
  CloudFormationClient,
  CreateStackSetCommand,
  DescribeStackSetCommand,
  ListStackInstancesCommand,
  ListStackSetOperationsCommand,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { adminOf, delegationRequests, testRoot } from '@muster/aws-sandbox/testing';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { memberStackSetName, organizationRoleName } from '../../domain/delegation/parameters.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';
import { addDelegable, approveRequest, delegationDependencies } from '../../test/support/delegated-request.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { inActivity, SandboxAws } from '../../test/support/sandbox-aws.ts';
import type { RemoveStackResult, TokenInput } from '../../workflows/contracts/delegation-onboarding.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { checkOrganizationAccess } from './check-organization-access.ts';
import { checkSimulate } from '../credential-check/check-simulate.ts';
import { deployAccountStack } from './account-stack/deploy-account-stack.ts';
import { deployMemberRoles } from './member-roles/deploy-member-roles.ts';
import { proveRefusal, proveRole } from './prove-role.ts';
import { removeAccountStack } from './account-stack/remove-account-stack.ts';
import { removeMemberRoles } from './member-roles/remove-member-roles.ts';

const calm = { interval: 20, timeout: 60_000 };
const roleName = 'Harvest';

let registry: TestRegistry;
let cloud: SandboxAws;
let dependencies: ActivityDependencies;
beforeAll(async () => {
  [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
  dependencies = delegationDependencies(registry, cloud);
});
afterEach(() => cloud.control('DELETE', '/faults'));
afterAll(async () => {
  await cloud?.close();
  await registry?.close();
});

const newOrganization = (given?: Parameters<typeof addDelegable>[1]) => addDelegable(cloud, given);
const administratorOf = (accountId: string) => new CloudFormationClient(adminOf(cloud.sandbox, accountId));

/** A request for an organization that an administrator of the account has approved. */
async function approved(accountId: string, includeOuIds: string[] = []): Promise<TokenInput> {
  const organizationScope = { ...wholeOrganization, includeOuIds };
  const requestId = await registry.newRequest({ scope: 'organization', accountId, roleName, organizationScope });
  return await approveRequest(registry, cloud, requestId);
}

const run = <Input, Result>(activity: (d: ActivityDependencies, input: Input) => Promise<Result>, input: Input): Promise<Result> =>
  inActivity(() => activity(dependencies, input));

const roleIn = (accountId: string, RoleName: string) =>
  new IAMClient(adminOf(cloud.sandbox, accountId)).send(new GetRoleCommand({ RoleName }));
const missing = { name: 'NoSuchEntityException' };

const operationsOf = async (accountId: string, StackSetName: string) =>
  (await administratorOf(accountId).send(new ListStackSetOperationsCommand({ StackSetName }))).Summaries!;

/** The state of the stack set in each account. */
async function rollout(accountId: string, StackSetName: string): Promise<Record<string, string>> {
  const { Summaries } = await administratorOf(accountId).send(new ListStackInstancesCommand({ StackSetName }));
  return Object.fromEntries(Summaries!.map((one) => [one.Account!, one.StackInstanceStatus!.DetailedStatus!]));
}

it('D2 D5: a request for an organization sends its own policy, under its own boundary', async () => {
  const { management } = await newOrganization();
  const { requestId } = await approved(management);
  const { permissionPolicy: policy } = await registry.request(requestId);
  expect(policy).toContain(`stackset/${memberStackSetName(requestId)}:*`);
  expect(policy).toContain(`role/${organizationRoleName(requestId)}`);
  expect(policy).toContain(dependencies.delegation.organization.permissionsBoundaryArn);
  const asked = delegationRequests(cloud.sandbox.world).find(({ ownerAccountId }) => ownerAccountId === management)!;
  expect(asked.description).toContain(organizationRoleName(requestId));
  // The test reads what AWS made of the template.
  expect(JSON.parse(policy!)).toEqual(JSON.parse(asked.permissionPolicy));
});

describe('D5: the check before the deployment', () => {
  it('accepts a new organization that allows StackSets', async () => {
    const { management, awsOrganizationId } = await newOrganization();
    expect(await run(checkOrganizationAccess, await approved(management))).toEqual({ outcome: 'ready', awsOrganizationId });
  });

  it('names the account that manages the organization of a member account', async () => {
    const { management, members } = await newOrganization();
    expect(await run(checkOrganizationAccess, await approved(members[0]))).toEqual({
      outcome: 'not_management_account',
      managementAccountId: management,
    });
  });

  it('finds no management account for an account outside of any organization', async () => {
    expect(await run(checkOrganizationAccess, await approved('439999999999'))).toEqual({
      outcome: 'not_management_account',
      managementAccountId: null,
    });
  });

  it('O6: finds a registered organization by its id', async () => {
    const { management, awsOrganizationId } = await newOrganization();
    const { id } = await registry.newOrganization({ awsOrganizationId, managementAccountId: management });
    expect(await run(checkOrganizationAccess, await approved(management))).toEqual({
      outcome: 'organization_exists',
      organizationId: id,
      awsOrganizationId,
    });
  });

  it('reports an organization that does not allow StackSets', async () => {
    const { management, awsOrganizationId } = await newOrganization({ trusted: false });
    expect(await run(checkOrganizationAccess, await approved(management))).toEqual({ outcome: 'trusted_access_off', awsOrganizationId });
  });

  it('reports rights that the approver lacks', async () => {
    const { management } = await newOrganization();
    const input = await approved(management);
    await cloud.control('POST', '/faults', { service: 'organizations', accountId: management, kind: 'access_denied' });
    await expect(run(checkOrganizationAccess, input)).rejects.toMatchObject({
      type: 'AccessDenied',
      details: [{ code: 'delegated_access_insufficient' }],
    });
  });

  it('is retried if AWS does not answer', async () => {
    const { management } = await newOrganization();
    const input = await approved(management);
    await cloud.control('POST', '/faults', { operation: 'DescribeOrganizationsAccess', kind: 'throttle', times: 1 });
    await expect(run(checkOrganizationAccess, input)).rejects.toMatchObject({ type: 'Throttled', nonRetryable: false });
    expect(await run(checkOrganizationAccess, input)).toMatchObject({ outcome: 'ready' });
  });
});

describe('D5 O2: the management stack', () => {
  it('is one stack with two roles after two runs, each proven with and without its external id', async () => {
    const { management } = await newOrganization();
    const input = await approved(management);
    const first = await run(deployAccountStack, input);
    expect(first).toMatchObject({ status: 'CREATE_COMPLETE', succeeded: true, denied: false });
    expect(await run(deployAccountStack, input)).toEqual(first);
    const { Role } = await roleIn(management, organizationRoleName(input.requestId));
    expect(Role!.PermissionsBoundary!.PermissionsBoundaryArn).toBe(dependencies.delegation.organization.permissionsBoundaryArn);
    await expect(roleIn(management, roleName)).resolves.toBeDefined();

    await run(proveRole, input);
    expect(await run(proveRefusal, input)).toEqual({ refused: true });
    // The boundary takes nothing from what the organization role needs (O5).
    const { credentialSetId } = await registry.request(input.requestId);
    const asked = await run(checkSimulate, { credentialSetId: credentialSetId! });
    expect(asked.filter(({ passed }) => !passed)).toEqual([]);

    expect(await run(removeAccountStack, input)).toMatchObject({ removed: true });
    await expect(roleIn(management, roleName)).rejects.toMatchObject(missing);
  });

  it.each(['organization role', 'harvesting role'])(
    'D12: a role is not proven if the %s does not require its external id',
    async (which) => {
      const { management } = await newOrganization();
      const input = await approved(management);
      await run(deployAccountStack, input);
      const RoleName = which === 'harvesting role' ? roleName : organizationRoleName(input.requestId);
      const anybody = { Effect: 'Allow', Principal: { AWS: dependencies.delegation.callerRoleArn }, Action: 'sts:AssumeRole' };
      const trust = (Statement: object) =>
        new IAMClient(adminOf(cloud.sandbox, management)).send(
          new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }),
        );
      await trust(anybody);
      expect(await run(proveRefusal, input)).toEqual({ refused: false });
      await trust({ ...anybody, Condition: { StringEquals: { 'sts:ExternalId': 'of somebody else' } } });
      await expect(run(proveRole, input)).rejects.toMatchObject({ type: 'NotReady', details: [{ code: 'role_proof_failed' }] });
    },
  );
});

describe('D5 O2: the member roles', () => {
  it('are one stack set and one operation after two runs, and reach every member', async () => {
    const { management, members } = await newOrganization();
    const input = await approved(management);
    const stackSetName = memberStackSetName(input.requestId);
    const outcome = await run(deployMemberRoles, input);
    expect(outcome).toEqual({ stackSetName, operationId: expect.any(String), started: true, reason: null, denied: false });
    expect(await run(deployMemberRoles, input)).toEqual(outcome);
    await vi.waitFor(async () => {
      expect(await rollout(management, stackSetName)).toEqual({ [members[0]]: 'SUCCEEDED', [members[1]]: 'SUCCEEDED' });
    }, calm);
    for (const account of members) await expect(roleIn(account, roleName)).resolves.toBeDefined();
    expect(await operationsOf(management, stackSetName)).toMatchObject([
      {
        OperationId: outcome.operationId,
        OperationPreferences: {
          MaxConcurrentPercentage: 100,
          FailureTolerancePercentage: 100,
          ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
        },
      },
    ]);
    const { StackSet } = await administratorOf(management).send(new DescribeStackSetCommand({ StackSetName: stackSetName }));
    expect(StackSet).toMatchObject({
      OrganizationalUnitIds: [testRoot],
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
    });
    expect((await registry.timeline(input.requestId)).filter((type) => type === 'stack_set')).toHaveLength(1);
  });

  it('do not wait for members that are slow or fail', async () => {
    const { management, members } = await newOrganization();
    const input = await approved(management);
    await cloud.control('POST', '/faults', { operation: 'CreateStack', accountId: members[0], kind: 'delay', ms: 3_600_000 });
    await cloud.control('POST', '/faults', { operation: 'CreateStack', accountId: members[1], kind: 'access_denied' });
    expect(await run(deployMemberRoles, input)).toMatchObject({ started: true });
    await vi.waitFor(async () => {
      expect(await rollout(management, memberStackSetName(input.requestId))).toEqual({ [members[0]]: 'RUNNING', [members[1]]: 'FAILED' });
    }, calm);
  });

  it('O8: go to the units of the scope, in calls of fifty', async () => {
    const units = Object.fromEntries(Array.from({ length: 60 }, (_unused, index) => [`ou-test-bbbbbbbb${100 + index}`, testRoot]));
    const { management, members } = await newOrganization({ units });
    const input = await approved(management, ['ou-test-aaaaaaaa', ...Object.keys(units)]);
    const stackSetName = memberStackSetName(input.requestId);
    await cloud.control('POST', '/faults', { operation: 'CreateStack', accountId: members[0], kind: 'delay', ms: 3_600_000 });
    expect(await run(deployMemberRoles, input)).toMatchObject({ started: true });
    const statuses = async () => (await operationsOf(management, stackSetName)).map(({ Status }) => Status);
    // The later call waits for the earlier one; StackSets refuses it unless it may queue.
    expect(await statuses()).toEqual(['QUEUED', 'RUNNING']);
    await cloud.control('DELETE', '/faults');
    await vi.waitFor(async () => expect(await statuses()).toEqual(['SUCCEEDED', 'SUCCEEDED']), calm);
    expect(await rollout(management, stackSetName)).toEqual({ [members[0]]: 'SUCCEEDED' });
    expect(await run(removeMemberRoles, input)).toEqual({ removed: true, leftInAccount: [], reason: null });
  });

  it.each([
    ['CreateStackSet', 'access_denied', true],
    ['CreateStackInstances', 'access_denied', true],
  ])('%s refused is data, with the reason', async (operation, kind, denied) => {
    const { management } = await newOrganization();
    const input = await approved(management);
    await cloud.control('POST', '/faults', { operation, accountId: management, kind });
    expect(await run(deployMemberRoles, input)).toMatchObject({ started: false, denied, reason: expect.stringContaining(operation) });
    await cloud.control('DELETE', '/faults');
    expect(await run(removeMemberRoles, input)).toMatchObject({ removed: true });
  });

  it('report no denial if AWS refuses for another reason', async () => {
    const { management } = await newOrganization({ trusted: false });
    expect(await run(deployMemberRoles, await approved(management))).toMatchObject({
      started: false,
      denied: false,
      reason: expect.stringContaining('organizations access'),
    });
  });

  it('D6: another stack set of that name is never used or changed', async () => {
    const { management } = await newOrganization();
    const input = await approved(management);
    const StackSetName = memberStackSetName(input.requestId);
    const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
    await administratorOf(management).send(new CreateStackSetCommand({ StackSetName, TemplateBody }));
    await expect(run(deployMemberRoles, input)).rejects.toMatchObject({ details: [{ code: 'stack_name_taken' }] });
    expect(await run(removeMemberRoles, input)).toEqual({ removed: true, leftInAccount: [], reason: null });
    await expect(administratorOf(management).send(new DescribeStackSetCommand({ StackSetName }))).resolves.toBeDefined();
  });
});

describe('D6 D9: a cancellation during a call to AWS', () => {
  it.each([
    ['CreateStack', deployAccountStack, removeAccountStack],
    ['CreateStackSet', deployMemberRoles, removeMemberRoles],
    ['CreateStackInstances', deployMemberRoles, removeMemberRoles],
  ])('%s waits for the answer, so that nothing comes after the removal', async (operation, deploy, remove) => {
    const { management } = await newOrganization();
    const input = await approved(management);
    await cloud.control('POST', '/faults', { operation, accountId: management, kind: 'delay', ms: 1_000, times: 1 });
    await cloud.control('DELETE', '/calls');
    const activity = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const deploying = activity.run(() => deploy(dependencies, input)).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await cloud.control('GET', '/faults')).toEqual({ faults: [] }), calm);
    activity.cancel();
    await deploying;
    expect(await cloud.control('GET', '/calls')).toMatchObject({ cloudformation: { [operation]: { count: 1 } } });
    expect(await run<TokenInput, RemoveStackResult>(remove, input)).toEqual({ removed: true, leftInAccount: [], reason: null });
  });
});

describe('D6: the removal of the member roles', () => {
  it('leaves nothing after two runs, even in accounts that StackSets was working on', async () => {
    const { management, members } = await newOrganization();
    const input = await approved(management);
    const stackSetName = memberStackSetName(input.requestId);
    await cloud.control('POST', '/faults', { operation: 'CreateStack', accountId: members[0], kind: 'delay', ms: 3_600_000 });
    await run(deployMemberRoles, input);
    const removing = run(removeMemberRoles, input);
    await vi.waitFor(async () => {
      expect(await operationsOf(management, stackSetName)).toMatchObject([{ Status: 'STOPPING' }]);
    }, calm);
    await cloud.control('DELETE', '/faults');
    expect(await removing).toEqual({ removed: true, leftInAccount: [], reason: null });
    expect(await run(removeMemberRoles, input)).toEqual({ removed: true, leftInAccount: [], reason: null });
    for (const account of members) await expect(roleIn(account, roleName)).rejects.toMatchObject(missing);
    await expect(administratorOf(management).send(new DescribeStackSetCommand({ StackSetName: stackSetName }))).rejects.toMatchObject({
      name: 'StackSetNotFoundException',
    });
  });

  it('finds nothing if nothing was deployed', async () => {
    const { management } = await newOrganization();
    expect(await run(removeMemberRoles, await approved(management))).toEqual({ removed: true, leftInAccount: [], reason: null });
  });

  it('names the parts that a member does not release', async () => {
    const { management, members } = await newOrganization();
    const input = await approved(management);
    const stackSetName = memberStackSetName(input.requestId);
    await run(deployMemberRoles, input);
    await vi.waitFor(async () => expect(Object.values(await rollout(management, stackSetName))).toEqual(['SUCCEEDED', 'SUCCEEDED']), calm);
    await cloud.control('POST', '/faults', { operation: 'DeleteStack', accountId: members[0], kind: 'access_denied' });
    const { removed, leftInAccount, reason } = await run(removeMemberRoles, input);
    expect(removed).toBe(false);
    expect(reason).toContain('DeleteStack');
    expect(leftInAccount).toEqual([
      { type: 'AWS::CloudFormation::StackSet', name: stackSetName },
      { type: 'AWS::CloudFormation::Stack', name: expect.stringContaining(`:${members[0]}:stack/StackSet-${stackSetName}`) },
    ]);
    await expect(roleIn(members[1], roleName)).rejects.toMatchObject(missing);
  });

  it('names what was last seen once the delegated access is over', async () => {
    const [deployed, untouched] = [
      await approved((await newOrganization()).management),
      await approved((await newOrganization()).management),
    ];
    await run(deployMemberRoles, deployed);
    await cloud.control('PUT', '/clock', { advanceSeconds: 3_601 });
    expect(await run(removeMemberRoles, deployed)).toEqual({
      removed: false,
      leftInAccount: [{ type: 'AWS::CloudFormation::StackSet', name: memberStackSetName(deployed.requestId) }],
      reason: expect.stringContaining('token'),
    });
    expect(await run(removeMemberRoles, untouched)).toMatchObject({ removed: false, leftInAccount: [] });
  });
});
