import { ActivateOrganizationsAccessCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { expectNothingLeft } from '../support/expect-nothing-left.ts';
import type { MadeOrganization } from '../support/sandbox-aws.ts';
import type { StackOrganizations } from '../support/stack-organizations.ts';
import { externalIdOf, TestStack, type RequestResource } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const roleName = 'DelegatedHarvesting';
const pace = { mode: 'off', iamPropagationMs: 500, stackStepMs: 50 };
/** Longer than any test: until its fault is taken away. */
const forGood = 3_600_000;

let stack: TestStack;
let organizations: StackOrganizations;
beforeAll(async () => {
  stack = await TestStack.borrow();
  ({ organizations } = stack);
  await stack.control('PUT', '/limits', pace);
});
afterAll(() => stack?.stop());
afterEach(async () => {
  await stack.control('DELETE', '/faults');
  await stack.control('PUT', '/limits', pace);
});

/** An organization of the sandbox that trusts StackSets, as its administrators see to it. */
async function makeTrusting(request: Record<string, unknown>): Promise<MadeOrganization> {
  const made = await organizations.make(request);
  const client = stack.cloudFormation(made.managementAccountId);
  await client.send(new ActivateOrganizationsAccessCommand({}));
  client.destroy();
  return made;
}

const askFor = (accountId: string, fields: Record<string, unknown> = {}) =>
  stack.ask(accountId, { nickname: `Organization of ${accountId}`, scope: 'organization', roleName, ...fields });

/** Sends a request for this account, approves it, and waits for the end. */
async function askAndApprove(accountId: string): Promise<RequestResource> {
  const request = await askFor(accountId);
  await stack.approve(request, accountId);
  return await stack.phase(request.id, 'completed', 'failed');
}

/** Lets StackSets meet trouble in one member, and nowhere else. */
const strikeMember = (accountId: string, fault: Record<string, unknown>) =>
  stack.control('POST', '/faults', { service: 'cloudformation', operation: 'CreateStack', accountId, ...fault });

async function activeMembers(made: MadeOrganization): Promise<string[]> {
  return (await organizations.members(made)).filter(({ State }) => State === 'ACTIVE').map(({ Id }) => Id!);
}

/**
 * Makes the clouds an hour old, and their last check half an hour, so that the reconciler's next round requests a recheck.
 * Running work is not changed.
 */
const muchLater = (organizationId: string) => stack.sql`
  with organization as (
    update cloud_organizations set created_at = now() - interval '1 hour' where id = ${organizationId}
      and not exists (select 1 from syncs where organization_id = ${organizationId} and finished_at is null)
    returning id
  )
  update clouds set created_at = now() - interval '1 hour', updated_at = now() - interval '30 minutes',
    last_checked_at = now() - interval '30 minutes'
  where status = 'pending' and organization_id in (select id from organization)`;

/** The statuses of an organization's clouds, by account. */
async function statuses(organizationId: string): Promise<Record<string, string>> {
  const clouds = await organizations.clouds(`organizationId=${organizationId}`);
  return Object.fromEntries(clouds.map(({ accountId, status }) => [accountId, status]));
}

/** Waits until these clouds, and no others, are pending; the reconciler asks for the late ones as if it were time. */
async function untilPending(organizationId: string, accountIds: readonly string[]): Promise<void> {
  await waitFor(
    `${accountIds.length} clouds to be pending`,
    async () => {
      await muchLater(organizationId);
      const pending = Object.entries(await statuses(organizationId)).filter(([, status]) => status === 'pending');
      return JSON.stringify(pending.map(([accountId]) => accountId)) === JSON.stringify(accountIds.toSorted());
    },
    150_000,
  );
}

describe('D5: an organization by temporary delegation', () => {
  it('asked, approved, deployed, proven, registered and imported; a late member is pending until its role is there', async () => {
    const made = await makeTrusting({ accounts: 9, suspended: 1 });
    const { managementAccountId } = made;
    // O11: the management account is a cloud of its own already.
    const single = await stack.ask(managementAccountId);
    await stack.approve(single, managementAccountId);
    const { cloudId } = await stack.phase(single.id, 'completed');
    const members = await activeMembers(made);
    const [late] = members;
    await strikeMember(late!, { kind: 'delay', ms: forGood });

    const request = await askFor(managementAccountId, { organizationScope: { excludeAccountIds: [members.at(-1)] } });
    const policy = JSON.stringify(await stack.api.get(`/v1/delegation-requests/${request.id}/policy`));
    expect(policy).toContain('cloudformation:CreateStackSet');
    await stack.approve(request, managementAccountId);
    const done = await stack.phase(request.id, 'completed', 'failed');
    expect(done).toMatchObject({
      phase: 'completed',
      awsState: 'finalized',
      failure: null,
      cloudId: null,
      stack: { status: 'CREATE_COMPLETE' },
    });
    const story = done.timeline!.map(({ type }) => type).filter((type) => type !== 'aws_state' && type !== 'stack_event');
    expect(story).toEqual(expect.arrayContaining(['requested', 'created', 'exchange_token']));
    expect(story.slice(-6)).toEqual(['deploying', 'stack_set', 'member_roles', 'verified', 'verified', 'completed']);

    const organization = await organizations.get(done.organizationId!);
    expect(organization).toMatchObject({
      organizationId: made.organizationId,
      managementAccountId,
      nickname: `Organization of ${managementAccountId}`,
      lastSync: { trigger: 'added' },
    });
    await organizations.completed(organization.lastSync.id);
    await untilPending(organization.id, [late!]);
    const clouds = await organizations.clouds(`organizationId=${organization.id}`);
    expect(clouds).toHaveLength(8);
    expect(clouds.find(({ accountId }) => accountId === late)).toMatchObject({ statusReason: { code: 'stack_instance_pending' } });
    expect(clouds.filter(({ status }) => status === 'ok')).toHaveLength(6);
    expect(clouds.find(({ accountId }) => accountId === managementAccountId)).toMatchObject({ id: cloudId, managed: true, status: 'ok' });

    // D12: the organization role has an external id of its own, all harvesting roles have another.
    const organizationRole = await stack.role(managementAccountId, `muster-organization-${request.id.slice(-8)}`);
    const harvesting = await stack.role(managementAccountId, roleName);
    const ids = [externalIdOf(organizationRole!), externalIdOf(harvesting!), externalIdOf((await stack.role(members[1]!, roleName))!)];
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([false, true]);
    for (const { PermissionsBoundary } of [organizationRole!, harvesting!]) {
      expect(PermissionsBoundary?.PermissionsBoundaryArn).toContain('organization-boundary');
    }

    await stack.control('DELETE', '/faults');
    await untilPending(organization.id, []);
    expect((await statuses(organization.id))[late!]).toBe('ok');
    const kinds = await stack.sql`select kind, trigger from syncs where organization_id = ${organization.id}`;
    expect(kinds).toContainEqual({ kind: 'recheck', trigger: 'schedule' });

    await expect(askFor(managementAccountId, { nickname: 'A second time' })).rejects.toThrow(/409/);
  }, 420_000);

  it('a member that StackSets cannot reach fails alone, with AWS’s reason', async () => {
    const made = await makeTrusting({ accounts: 5 });
    const [struck] = await activeMembers(made);
    await strikeMember(struck!, { kind: 'access_denied' });
    const done = await askAndApprove(made.managementAccountId);
    expect(done).toMatchObject({ phase: 'completed', failure: null });
    await organizations.completed((await organizations.get(done.organizationId!)).lastSync.id);
    await untilPending(done.organizationId!, []);
    const clouds = await organizations.clouds(`organizationId=${done.organizationId}`);
    const [denied, ...others] = clouds.filter(({ status }) => status !== 'ok');
    expect(denied).toMatchObject({ accountId: struck, status: 'access_denied', statusReason: { code: 'stack_instance_failed' } });
    expect([clouds.length, others]).toEqual([5, []]);
  }, 300_000);
});

describe('D5: endings before the deployment', () => {
  it('the account is a member: the management account is named', async () => {
    const made = await makeTrusting({ accounts: 3 });
    const [member] = await activeMembers(made);
    const done = await askAndApprove(member!);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'not_management_account' }, stack: null });
    expect(done.failure!.message).toContain(made.managementAccountId);
    expect(await expectNothingLeft(stack, done, member!)).toEqual([]);
  });

  it('trusted access is off: what to do is said, and the same settings can be sent again', async () => {
    const made = await organizations.make({ accounts: 3 });
    const done = await askAndApprove(made.managementAccountId);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'trusted_access_off' }, stack: null });
    expect(done.failure!.message).toContain('aws cloudformation activate-organizations-access');
    expect(await expectNothingLeft(stack, done, made.managementAccountId)).toEqual([]);
    const again = await stack.api.post<RequestResource>(`/v1/delegation-requests/${done.id}/resend`, {});
    expect(again).toMatchObject({ scope: 'organization', phase: 'requested' });
    await stack.api.post(`/v1/delegation-requests/${again.id}/cancel`, {});
  });

  it('O6: the organization was registered while people were asked', async () => {
    const made = await makeTrusting({ accounts: 3 });
    const request = await askFor(made.managementAccountId);
    const { id } = await organizations.import(made);
    await stack.approve(request, made.managementAccountId);
    const done = await stack.phase(request.id, 'failed', 'completed');
    expect(done).toMatchObject({ failure: { code: 'organization_exists', message: expect.stringContaining(id) }, stack: null });
    expect(await expectNothingLeft(stack, done, made.managementAccountId)).toEqual([]);
    expect((await organizations.get(id)).accountCount).toBe(3);
  });
});

describe('D6: endings after the start of the deployment', () => {
  it('D9: cancelled while the roles are proven: nothing of ours is left in any account', async () => {
    const made = await makeTrusting({ accounts: 4 });
    const members = await activeMembers(made);
    await stack.control('PUT', '/limits', { iamPropagationMs: 60_000 });
    const request = await askFor(made.managementAccountId);
    await stack.approve(request, made.managementAccountId);
    await stack.phase(request.id, 'verifying');
    await waitFor('a member role', () => stack.role(members[0]!, roleName));
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
    const done = await stack.phase(request.id, 'cancelled', 'failed', 'completed');
    expect(done).toMatchObject({ phase: 'cancelled', stack: { status: 'DELETE_COMPLETE' } });
    expect(await expectNothingLeft(stack, done, made.managementAccountId)).toEqual([]);
    expect(await stack.stackSets(made.managementAccountId)).toEqual([]);
    for (const member of members) expect(await stack.role(member, roleName)).toBeNull();
    const { status } = await stack.temporal.workflow.getHandle(delegationWorkflowId(request.id)).describe();
    expect(status.name).toBe('COMPLETED');
  });

  it('revoked during the deployment: the timeline names the resources that can no longer be removed', async () => {
    const made = await makeTrusting({ accounts: 3 });
    const { managementAccountId } = made;
    await stack.control('PUT', '/limits', { iamPropagationMs: 60_000 });
    const request = await askFor(managementAccountId);
    await stack.approve(request, managementAccountId);
    await stack.phase(request.id, 'verifying');
    await stack.press('revoke', request.awsRequestId!);
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
    const done = await stack.phase(request.id, 'cancelled', 'failed', 'completed');
    expect(done.phase).toBe('cancelled');
    const left = await expectNothingLeft(stack, done, managementAccountId);
    expect(left.map(({ type }) => type)).toEqual([
      'AWS::CloudFormation::StackSet',
      'AWS::CloudFormation::Stack',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
    ]);
  });
});
