import {
  CloseAccountCommand,
  RegisterDelegatedAdministratorCommand,
  RemoveAccountFromOrganizationCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { partitions, type Partition } from '../../domain/aws/arn.ts';
import { organizationSyncWorkflowId } from '../../workflows/contracts/organization-sync.ts';
import { scheduleTickAction } from '../../workflows/contracts/schedule-tick.ts';
import { TestStack } from '../support/stack.ts';
import { moveAccount, type StackOrganizations, type SyncResource } from '../support/stack-organizations.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
let organizations: StackOrganizations;
beforeAll(async () => {
  stack = await TestStack.borrow();
  ({ organizations } = stack);
  await stack.control('PUT', '/limits', { mode: 'off', iamPropagationMs: 0 });
});
afterAll(() => stack?.stop());
afterEach(async () => {
  await stack.control('DELETE', '/faults');
  await stack.control('PUT', '/organizations/settings', { paths: 'parent', state: true, status: true, tagging: { missingAccountIds: [] } });
});

const remove = (client: OrganizationsClient, AccountId: string) => client.send(new RemoveAccountFromOrganizationCommand({ AccountId }));
const close = (client: OrganizationsClient, AccountId: string) => client.send(new CloseAccountCommand({ AccountId }));

describe('O9: accounts that change', () => {
  it('between two syncs: moved, closed and departed accounts are distinguished, and the others stay unchanged', async () => {
    const made = await organizations.make({ accounts: 30, ous: 4, depth: 2 });
    const { id } = await organizations.import(made);
    const [moved, closed, gone, ...rest] = (await organizations.members(made)).map(({ Id }) => Id!);
    const before = await organizations.cloud(rest[0]!);
    await organizations.administrate(made, async (client) => {
      await moveAccount(client, moved!, made.rootId);
      await close(client, closed!);
      await remove(client, gone!);
    });
    const { counts } = await organizations.resync(id);
    expect(counts).toMatchObject({ listed: 29, added: 0, moved: 1, suspended: 1, removed: 1 });
    expect(await organizations.cloud(moved!)).toMatchObject({ organizationPath: '', status: 'ok' });
    expect(await organizations.badges((await organizations.cloud(moved!))!.id)).toMatchObject({ cloud_org_path: '' });
    expect(await organizations.cloud(closed!)).toMatchObject({ status: 'suspended', statusReason: { code: 'account_suspended' } });
    expect(await organizations.cloud(gone!)).toBeUndefined();
    expect(await organizations.cloud(rest[0]!)).toMatchObject({ id: before!.id, organizationPath: before!.organizationPath, status: 'ok' });
  });

  it('during a sweep: none is lost or there twice, and the next sync has all of it', async () => {
    const made = await organizations.make({ accounts: 130, ous: 4 });
    const members = (await organizations.members(made)).map(({ Id }) => Id!);
    const [moved, closed, gone] = [members[100]!, members[101]!, members[102]!];
    await organizations.slowListing(300);
    const { id, lastSync } = await organizations.add(made);
    await organizations.middleOfListing(2);
    await organizations.administrate(made, async (client) => {
      await moveAccount(client, moved, made.rootId);
      await close(client, closed);
      await remove(client, gone);
    });
    await organizations.completed(lastSync.id);
    const steady = members.filter((member) => ![moved, closed, gone].includes(member));
    const accountIds = (await organizations.clouds(`organizationId=${id}`)).map(({ accountId }) => accountId);
    expect(new Set(accountIds).size).toBe(accountIds.length);
    expect(accountIds).toEqual(expect.arrayContaining([made.managementAccountId, moved, closed, ...steady]));

    await stack.control('DELETE', '/faults');
    await organizations.resync(id);
    const clouds = await organizations.clouds(`organizationId=${id}`);
    expect(clouds.map(({ accountId }) => accountId)).toEqual([made.managementAccountId, moved, closed, ...steady].toSorted());
    expect(clouds.find(({ accountId }) => accountId === moved)).toMatchObject({ organizationPath: '', status: 'ok' });
    expect(clouds.find(({ accountId }) => accountId === closed)).toMatchObject({ status: 'suspended' });
  });

  it('O17: a listing denied half-way fails the run, and nothing is removed', async () => {
    const made = await organizations.make({ accounts: 180, ous: 3 });
    const { id } = await organizations.import(made);
    const before = await organizations.registered(id);
    await organizations.administrate(made, async (client) => {
      for (const { Id } of (await organizations.members(made)).slice(0, 40)) await remove(client, Id!);
    });
    await organizations.slowListing(400);
    const sync = await organizations.sync(id);
    await organizations.middleOfListing(1);
    await stack.control('POST', '/faults', { service: 'organizations', operation: 'ListAccounts', kind: 'access_denied' });
    expect(await organizations.ended(sync.id)).toMatchObject({
      phase: 'failed',
      failure: { code: expect.any(String), message: expect.stringMatching(/listed.*AccessDenied|AccessDenied.*listed/is) },
      counts: { removed: 0 },
    });
    expect(await organizations.registered(id)).toEqual(before);
  });
});

describe('O11: an account that was there before', () => {
  it('is taken over, and has its own role again when it leaves', async () => {
    const made = await organizations.make({ accounts: 5 });
    const account = (await organizations.members(made))[0]!.Id!;
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const { cloudId } = await stack.phase(request.id, 'completed', 'failed');
    const own = (await organizations.cloud(account))!;
    expect(own).toMatchObject({ id: cloudId, managed: false, status: 'ok' });

    const { id, lastSync } = await organizations.import(made);
    expect(lastSync.counts).toMatchObject({ added: 4, takenOver: 1 });
    expect(await organizations.cloud(account)).toMatchObject({
      id: cloudId,
      managed: true,
      organizationId: id,
      nickname: own.nickname,
      roleArn: `arn:aws:iam::${account}:role/${made.memberRole.roleName}`,
      status: 'ok',
    });

    await organizations.administrate(made, (client) => remove(client, account));
    expect((await organizations.resync(id)).counts).toMatchObject({ removed: 1 });
    expect(await organizations.cloud(account)).toMatchObject({
      id: cloudId,
      managed: false,
      organizationId: null,
      organizationPath: null,
      roleArn: own.roleArn,
    });
    await stack.api.post(`/v1/clouds/${cloudId}/recheck`, {});
    await waitFor('the cloud to be ok', async () => (await organizations.cloud(account))?.status === 'ok');
    expect(await organizations.badges(cloudId!)).not.toHaveProperty(['system.cloud_organization']);
  });

  it('D13: taken over while it is being onboarded, it ends as the organization’s cloud, and its stack stays', async () => {
    const made = await organizations.make({ accounts: 4 });
    const account = (await organizations.members(made))[0]!.Id!;
    const request = await stack.ask(account);
    const { id } = await organizations.import(made);
    await stack.approve(request, account);
    const done = await stack.phase(request.id, 'completed', 'failed');
    expect(done.phase).toBe('completed');
    expect(await organizations.cloud(account)).toMatchObject({ id: done.cloudId, managed: true, organizationId: id });
    expect((await stack.stacks(account)).map(({ StackStatus }) => StackStatus)).toEqual(['CREATE_COMPLETE']);
    expect(done.timeline!.map(({ message }) => message).join('\n')).toMatch(/stack .*stays|stays .*stack/i);
  });
});

describe('O19: one run at a time', () => {
  const running = (syncs: SyncResource[]) => syncs.filter(({ phase }) => ['listing', 'applying', 'badging'].includes(phase));

  it('the time of a schedule and a request in the same second are one run', async () => {
    const made = await organizations.make({ accounts: 25 });
    const { id } = await organizations.import(made);
    // No request joins a run that plans already, so the listing is slowed until both requests have arrived.
    await organizations.slowListing(3_600_000);
    const tick = scheduleTickAction({ kind: 'sync', organizationId: id }, made.organizationId);
    const { type: _start, workflowType, ...options } = tick;
    const started = stack.temporal.workflow.start(workflowType, { ...options, workflowId: `${options.workflowId}-test` });
    const [requested, handle] = await Promise.all([organizations.sync(id), started]);
    expect(await handle.result()).toEqual({ syncId: requested.id });
    await stack.control('DELETE', '/faults');
    await organizations.completed(requested.id);
    expect((await organizations.syncs(id)).length).toBe(2);
  });

  it('a scope edit in mid-sync is applied without another request, and two runs never overlap', async () => {
    const made = await organizations.make({ accounts: 90, ous: 3 });
    const { id } = await organizations.import(made);
    const excluded = (await organizations.members(made))[0]!.Id!;
    await organizations.slowListing(200);
    const first = await organizations.sync(id);
    await organizations.middleOfListing(2);
    const edited = await stack.api.patch<{ lastSync: SyncResource }>(`/v1/organizations/${id}`, {
      scope: { excludeAccountIds: [excluded] },
    });
    let most = 0;
    const [joined] = await Promise.all([
      organizations.completed(edited.lastSync.id),
      waitFor('both to end', async () => {
        const syncs = await organizations.syncs(id);
        most = Math.max(most, running(syncs).length);
        return syncs.every(({ phase }) => phase === 'completed');
      }),
    ]);
    expect(most).toBe(1);
    expect(joined.counts.excluded).toBe(1);
    await organizations.completed(first.id);
    expect(await organizations.cloud(excluded)).toBeUndefined();
  });
});

describe('work that is stopped', () => {
  it('a sync cancelled in its middle keeps what it had, removes nothing, and the next one does the rest', async () => {
    const made = await organizations.make({ accounts: 90, ous: 3 });
    const { id } = await organizations.import(made);
    const gone = (await organizations.members(made))[0]!.Id!;
    await organizations.administrate(made, (client) => remove(client, gone));
    await organizations.slowListing(300);
    const sync = await organizations.sync(id);
    await organizations.middleOfListing(2);
    await stack.api.post(`/v1/syncs/${sync.id}/cancel`, {});
    expect(await organizations.ended(sync.id)).toMatchObject({ phase: 'cancelled', counts: { removed: 0 } });
    expect(await organizations.clouds(`organizationId=${id}`)).toHaveLength(90);
    await stack.control('DELETE', '/faults');
    expect((await organizations.resync(id)).counts).toMatchObject({ listed: 89, removed: 1 });
  });

  it('removed in the middle of its first sync, an organization leaves nothing, and can be added again at once', async () => {
    const made = await organizations.make({ accounts: 90, ous: 3 });
    await organizations.slowListing(300);
    const { id, lastSync } = await organizations.add(made);
    await organizations.middleOfListing(2);
    await stack.api.delete(`/v1/organizations/${id}`);
    await stack.control('DELETE', '/faults');
    const again = await organizations.import(made);
    expect(again.accountCount).toBe(90);
    await waitFor('the first run to end', async () => {
      const run = await stack.temporal.workflow.getHandle(organizationSyncWorkflowId(lastSync.id)).describe();
      return run.status.name !== 'RUNNING';
    });
    const [left] = await stack.sql`
      select (select count(*)::int from clouds where organization_id = ${id}) clouds,
        (select count(*)::int from syncs where organization_id = ${id}) syncs,
        (select count(*)::int from sync_accounts where sync_id = ${lastSync.id}) accounts,
        (select count(*)::int from credential_sets where role_arn = ${made.organizationRole.roleArn}) credentials`;
    expect(left).toEqual({ clouds: 0, syncs: 0, accounts: 0, credentials: 1 });
  });
});

describe('parts that AWS may omit', () => {
  it('O9: without Paths and without the tagging API the registry is the same', async () => {
    const made = await organizations.make({ accounts: 30, ous: 6, depth: 5, tagsPerAccount: 30, suspended: 1, brokenMemberRoles: 1 });
    const { id } = await organizations.import(made);
    const before = await organizations.registered(id);
    expect(Object.keys((before[0] as { tags: object }).tags)).toHaveLength(30);
    await stack.api.delete(`/v1/organizations/${id}`);

    await stack.control('PUT', '/organizations/settings', { paths: 'off', state: false });
    await stack.control('POST', '/faults', { service: 'tagging', kind: 'access_denied' });
    const again = await organizations.import(made);
    expect(await organizations.registered(again.id)).toEqual(before);
  });

  it('O3: a delegated administrator’s role will do instead of the management account’s', async () => {
    const made = await organizations.make({ accounts: 12, tagsPerAccount: 2 });
    const administrator = (await organizations.members(made))[0]!.Id!;
    await organizations.administrate(made, (client) =>
      client.send(
        new RegisterDelegatedAdministratorCommand({
          AccountId: administrator,
          ServicePrincipal: 'member.org.stacksets.cloudformation.amazonaws.com',
        }),
      ),
    );
    const roleName = made.organizationRole.roleArn.split('/').at(-1)!;
    await organizations.copyRole(roleName, made.managementAccountId, administrator);
    const organizationRole = { ...made.organizationRole, roleArn: `arn:aws:iam::${administrator}:role/${roleName}` };
    const added = await organizations.import({ ...made, organizationRole });
    expect(added).toMatchObject({ organizationId: made.organizationId, managementAccountId: made.managementAccountId, accountCount: 12 });
    const clouds = await organizations.clouds(`organizationId=${added.id}&status=ok`);
    expect(clouds).toHaveLength(12);
    expect(Object.keys(await organizations.badges(clouds[0]!.id))).toHaveLength(5);
  });

  it.each(partitions.filter((partition) => partition !== 'aws') as Partition[])(
    'O4: an organization in %s, by access keys of its own partition',
    async (partition) => {
      const made = await organizations.make({ accounts: 5, partition, brokenMemberRoles: 1 });
      expect(made.accessKey).toBeDefined();
      const added = await organizations.import(made);
      expect(added).toMatchObject({ partition, accountCount: 5 });
      const clouds = await organizations.clouds(`organizationId=${added.id}`);
      expect(clouds.filter(({ status }) => status === 'ok')).toHaveLength(4);
      for (const { roleArn, accountId } of clouds) {
        expect(roleArn).toBe(`arn:${partition}:iam::${accountId}:role/${made.memberRole.roleName}`);
      }
    },
  );
});
