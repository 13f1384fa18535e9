/** Members whose role comes from our stack set (D5): missing, failed, just created, or refused. */
import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { adminOf, stackSetsOf } from '@muster/aws-sandbox/testing';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { syncAccounts, syncs } from '../../db/schema/index.ts';
import { memberStackSetName } from '../../domain/delegation/parameters.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';
import {
  addDelegable,
  approveRequest,
  delegationDependencies,
  testUnit,
  type DelegableOrganization,
} from '../../test/support/delegated-request.ts';
import { insertMember, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { inActivity, insertListedSync, reseal, SandboxAws } from '../../test/support/sandbox-aws.ts';
import { openOrganizationCredentials, openRequestOrganization } from '../open-credentials.ts';
import { checkAccounts } from '../organization-sync/checks/check-accounts.ts';
import { checkCloudRole } from './check-cloud-role.ts';
import { deployAccountStack } from '../delegation-onboarding/account-stack/deploy-account-stack.ts';
import { deployMemberRoles } from '../delegation-onboarding/member-roles/deploy-member-roles.ts';
import { MemberStackSetReader } from './member-stack-set-reader.ts';

const calm = { interval: 20, timeout: 60_000 };
const region = 'us-east-1';

let registry: TestRegistry;
let cloud: SandboxAws;
beforeAll(async () => {
  [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
});
afterEach(() => cloud.control('DELETE', '/faults'));
afterAll(async () => {
  await cloud?.close();
  await registry?.close();
});

interface Deployed extends DelegableOrganization {
  organization: TestOrganization;
  stackSetName: string;
}

/** A registered organization whose roles we deployed. StackSets works on the members unless a fault holds it. */
async function deployed(includeOuIds: string[] = [], known?: DelegableOrganization): Promise<Deployed> {
  const dependencies = delegationDependencies(registry, cloud);
  const made = known ?? (await addDelegable(cloud));
  const { awsOrganizationId, management } = made;
  const organizationScope = { ...wholeOrganization, includeOuIds };
  const requestId = await registry.newRequest({ scope: 'organization', accountId: management, organizationScope });
  const input = await approveRequest(registry, cloud, requestId);
  await inActivity(() => deployAccountStack(dependencies, input));
  await inActivity(() => deployMemberRoles(dependencies, input));
  const stackSetName = memberStackSetName(requestId);
  const organization = await registry.newOrganization({
    awsOrganizationId,
    managementAccountId: management,
    memberRoleName: 'Harvest',
    memberStackSet: { name: stackSetName, region },
  });
  await reseal(registry, organization.credentialSetId, await openRequestOrganization(registry, requestId));
  return { ...made, organization, stackSetName };
}

const strike = (accountId: string, fault: Record<string, unknown>) => cloud.control('POST', '/faults', { accountId, ...fault });
/** Holds the stack of a member until the faults are removed. */
const hold = (accountId: string) => strike(accountId, { operation: 'CreateStack', kind: 'delay', ms: 3_600_000 });

/** Makes the harvesting role of an account trust another principal. */
async function shutOut(account: string): Promise<void> {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  });
  await new IAMClient(adminOf(cloud.sandbox, account)).send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Harvest', PolicyDocument }));
}

/** Waits until StackSets has reached a state in an account. */
async function rolledOut({ management, stackSetName }: Deployed, account: string, status: string): Promise<void> {
  const client = new CloudFormationClient(adminOf(cloud.sandbox, management));
  await vi.waitFor(async () => {
    const { Summaries } = await client.send(new ListStackInstancesCommand({ StackSetName: stackSetName }));
    expect(Summaries!.find(({ Account }) => Account === account)!.StackInstanceStatus!.DetailedStatus).toBe(status);
  }, calm);
}

/** Checks all accounts of an organization; returns the status and reason of each. */
async function check({ organization }: Deployed) {
  const { syncId, last } = await insertListedSync(registry, cloud, organization);
  const counts = await inActivity(() =>
    checkAccounts(cloud.dependencies(registry), { syncId, from: 1, to: last }, { times: 2, pauseMs: 10 }),
  );
  const rows = await registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId));
  await registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
  return { counts, of: (account: string) => rows.find(({ accountId }) => accountId === account)! };
}

describe('D5: a member whose role is refused', () => {
  it('is pending while StackSets works on it, and gets its status after that', async () => {
    const made = await addDelegable(cloud);
    const [late, early] = made.members;
    await hold(late);
    const ready = await deployed([], made);
    await rolledOut(ready, early, 'SUCCEEDED');
    const first = await check(ready);
    expect(first.counts).toMatchObject({ ok: 2, accessDenied: 0, skipped: 1, deferred: 0 });
    expect(first.of(late)).toMatchObject({
      checkState: 'done',
      status: 'pending',
      statusReason: { code: 'stack_instance_pending', message: expect.stringContaining(ready.stackSetName) },
    });
    expect(first.of(early)).toMatchObject({ status: 'ok' });
    const cloudId = await insertMember(registry.db, ready.organization, { accountId: late });
    const recheck = () => inActivity(() => checkCloudRole(cloud.dependencies(registry), { cloudId }));
    expect(await recheck()).toMatchObject({ status: 'pending', reason: { code: 'stack_instance_pending' } });

    await cloud.control('DELETE', '/faults');
    await rolledOut(ready, late, 'SUCCEEDED');
    expect((await check(ready)).of(late)).toMatchObject({ status: 'ok', statusReason: null });
    expect(await recheck()).toMatchObject({ status: 'ok', reason: null });
  });

  it('is pending, too, if StackSets does not know it yet', async () => {
    const made = await addDelegable(cloud);
    await hold(made.members[0]);
    const ready = await deployed([], made);
    await rolledOut(ready, made.members[0], 'RUNNING');
    const stackSets = stackSetsOf(cloud.sandbox.world);
    [...stackSets.values()].find(({ name }) => name === ready.stackSetName)!.instances.delete(`${made.members[0]}/${region}`);
    expect((await check(ready)).of(made.members[0])).toMatchObject({ status: 'pending', statusReason: { code: 'stack_instance_pending' } });
  });

  it('is denied, with AWS’s reason, once its instance has failed', async () => {
    const made = await addDelegable(cloud);
    await strike(made.members[0], { operation: 'CreateStack', kind: 'access_denied' });
    const ready = await deployed([], made);
    await rolledOut(ready, made.members[0], 'FAILED');
    expect((await check(ready)).of(made.members[0])).toMatchObject({
      status: 'access_denied',
      statusReason: { code: 'stack_instance_failed', message: expect.stringContaining('cloudformation:CreateStack') },
    });
  });

  it('is retried once its instance exists: IAM is eventually consistent', async () => {
    const ready = await deployed();
    const [fresh, other] = ready.members;
    for (const account of ready.members) await rolledOut(ready, account, 'SUCCEEDED');
    await strike(fresh, { service: 'sts', operation: 'AssumeRole', kind: 'access_denied', times: 2 });
    const found = await check(ready);
    expect([found.of(fresh).status, found.of(other).status]).toEqual(['ok', 'ok']);
  });

  it('is denied if its instance exists and it still refuses', async () => {
    const ready = await deployed();
    const [broken] = ready.members;
    for (const account of ready.members) await rolledOut(ready, account, 'SUCCEEDED');
    await shutOut(broken);
    await cloud.control('DELETE', '/calls');
    const found = await check(ready);
    expect(found.counts).toMatchObject({ ok: 2, accessDenied: 1 });
    expect(found.of(broken)).toMatchObject({ status: 'access_denied', statusReason: { code: 'role_refused' } });
    // Three accounts, two retries, the organization role that reads the stack set, and two roles without their external id.
    expect(await cloud.control('GET', '/calls')).toMatchObject({ sts: { AssumeRole: { count: 8 } } });
  });

  it('is not late if the stack set does not cover it', async () => {
    const ready = await deployed([testUnit]);
    const [inUnit, atRoot] = ready.members;
    await rolledOut(ready, inUnit, 'SUCCEEDED');
    const found = await check(ready);
    expect(found.of(inUnit)).toMatchObject({ status: 'ok' });
    expect(found.of(atRoot)).toMatchObject({ status: 'access_denied', statusReason: { code: 'role_refused' } });
  });

  it('is not late in the management account, which no stack set covers', async () => {
    const ready = await deployed();
    // Not with a fault: that would refuse the organization role, too.
    await shutOut(ready.management);
    expect((await check(ready)).of(ready.management)).toMatchObject({ status: 'access_denied', statusReason: { code: 'role_refused' } });
  });

  it.each([
    ['denied', { operation: 'ListStackInstances', kind: 'access_denied' }],
    ['denied from the start', { operation: 'DescribeStackSet', kind: 'access_denied' }],
  ])('is refused when the look at its instance is %s', async (_what, fault) => {
    const made = await addDelegable(cloud);
    await hold(made.members[0]);
    const ready = await deployed([], made);
    await strike(made.management, fault);
    expect((await check(ready)).of(made.members[0])).toMatchObject({ status: 'access_denied', statusReason: { code: 'role_refused' } });
  });

  it.each([
    ['throttles the read of the instance', { operation: 'ListStackInstances', kind: 'throttle' }, 'throttled'],
    ['does not answer the read of the instance', { operation: 'ListStackInstances', kind: 'error' }, 'aws_unavailable'],
    ['does not answer the first call', { operation: 'DescribeStackSet', kind: 'error', times: 1 }, 'aws_unavailable'],
  ])('O9: is deferred when AWS %s, and not reported as denied', async (_what, fault, code) => {
    const made = await addDelegable(cloud);
    for (const account of made.members) await hold(account);
    const ready = await deployed([], made);
    await strike(made.management, fault);
    const found = await check(ready);
    expect(found.counts).toMatchObject({ accessDenied: 0 });
    expect(found.of(made.members[0])).toMatchObject({ checkState: 'deferred', status: null, statusReason: { code } });
  });

  it('is pending at the next read after AWS gave no answer', async () => {
    const made = await addDelegable(cloud);
    await hold(made.members[0]);
    const { organization, stackSetName } = await deployed([], made);
    const { organizationRole } = await openOrganizationCredentials(registry, organization.credentialSetId);
    const reader = new MemberStackSetReader(cloud.aws, { organizationRole, stackSet: { name: stackSetName, region } });
    const look = () => inActivity(() => reader.look({ accountId: made.members[0], ancestors: null }));
    await strike(made.management, { operation: 'DescribeStackSet', kind: 'error', times: 1 });
    await expect(look()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(await look()).toMatchObject({ stage: 'late' });
    await reader.close();
  });
});
