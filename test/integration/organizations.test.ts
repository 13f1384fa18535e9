import { CreatePolicyCommand, AttachPolicyCommand, UpdateOrganizationalUnitCommand } from '@aws-sdk/client-organizations';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestStack } from '../support/stack.ts';
import type { StackOrganizations, CloudResource } from '../support/stack-organizations.ts';
import { formOf } from '../support/stack-organizations.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
let organizations: StackOrganizations;
beforeAll(async () => {
  stack = await TestStack.borrow();
  ({ organizations } = stack);
  await stack.control('PUT', '/limits', { mode: 'off', iamPropagationMs: 0 });
});
afterAll(() => stack?.stop());
afterEach(() => stack.control('DELETE', '/faults'));

const idsOf = (clouds: readonly CloudResource[]) => clouds.map(({ accountId }) => accountId);
/** Ids as a listing is compared with them. */
const sorted = (ids: readonly (string | undefined)[]) => ids.map(String).sort();

/** The number of rows in each table that a submission writes to. */
async function traces(): Promise<Record<string, unknown>> {
  const [row] = await stack.sql`
    select (select count(*)::int from credential_sets) sets, (select count(*)::int from cloud_organizations) organizations,
      (select count(*)::int from nicknames) nicknames, (select count(*)::int from syncs) syncs, (select count(*)::int from clouds) clouds`;
  return row!;
}

describe('O9: an organization is imported', () => {
  it('every account becomes a cloud with its path, badges, tags and its own status, with a reason if it is not ok', async () => {
    const made = await organizations.make({ accounts: 40, ous: 30, depth: 5, tagsPerAccount: 3, suspended: 2, brokenMemberRoles: 3 });
    const added = await organizations.add(made);
    expect(added).toMatchObject({ organizationId: made.organizationId, managementAccountId: made.managementAccountId });
    expect(added.lastSync).toMatchObject({ kind: 'sync', trigger: 'added' });
    const seen: string[] = [];
    for await (const { event, data } of stack.api.events(`/v1/syncs/${added.lastSync.id}/events`)) {
      if (event === 'sync') seen.push((data as { phase: string }).phase);
    }
    expect(seen.at(-1)).toBe('completed');
    const sync = await organizations.completed(added.lastSync.id);
    expect(sync.counts).toMatchObject({
      listed: 40,
      inScope: 40,
      excluded: 0,
      added: 40,
      takenOver: 0,
      removed: 0,
      checked: 38,
      ok: 35,
      accessDenied: 3,
      deferred: 0,
    });

    const clouds = await organizations.clouds(added.cloudsUrl.split('?')[1]!);
    const atAws = await organizations.members(made);
    expect(idsOf(clouds)).toEqual(sorted([made.managementAccountId, ...atAws.map(({ Id }) => Id)]));
    expect((await organizations.get(added.id)).accountCount).toBe(40);
    const of = (status: string) => clouds.filter((cloud) => cloud.status === status);
    expect([of('ok').length, of('access_denied').length, of('suspended').length]).toEqual([35, 3, 2]);
    for (const { statusReason } of of('access_denied')) expect(statusReason?.code).toBe('role_refused');
    expect(idsOf(of('suspended'))).toEqual(sorted(atAws.filter(({ State }) => State !== 'ACTIVE').map(({ Id }) => Id)));
    for (const { accountId, managed, organizationId, roleArn, nickname } of clouds) {
      expect({ managed, organizationId, nickname }).toEqual({ managed: true, organizationId: added.id, nickname: null });
      expect(roleArn).toBe(`arn:aws:iam::${accountId}:role/${made.memberRole.roleName}`);
    }

    const cloud = of('ok').find(({ accountId }) => accountId !== made.managementAccountId)!;
    const { tags } = await stack.api.get<{ tags: Record<string, string> }>(`/v1/clouds/${cloud.id}/tags`);
    expect(Object.keys(tags)).toHaveLength(3);
    expect(await organizations.badges(cloud.id)).toEqual({
      ...tags,
      'system.cloud_organization': made.organizationId,
      'system.cloud_organization_nickname': `Organization ${made.organizationId}`,
      cloud_org_path: cloud.organizationPath,
    });

    const tree = await stack.api.get<{ items: { id: string; parentId: string | null; path: string; totalAccountCount: number }[] }>(
      `/v1/organizations/${added.id}/tree`,
    );
    expect(tree.items).toHaveLength(31);
    expect(tree.items[0]).toMatchObject({ id: made.rootId, parentId: null, path: '', totalAccountCount: 40 });
    // A slash in a name is no level.
    expect(Math.max(...tree.items.map(({ path }) => path.split(/(?<!\\)\//).length))).toBe(5);
    expect(new Set(clouds.map(({ organizationPath }) => organizationPath))).toEqual(new Set(tree.items.map(({ path }) => path)));
  });

  it('O15: the policies on an account’s path are shown with where they are attached', async () => {
    const made = await organizations.make({ accounts: 4, ous: 1 });
    const client = organizations.administrators(made);
    const { Policy } = await client.send(
      new CreatePolicyCommand({
        Name: 'NoIam',
        Description: 'nothing of IAM',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' }] }),
      }),
    );
    const target = (await organizations.members(made))[0]!.Id!;
    await client.send(new AttachPolicyCommand({ PolicyId: Policy!.PolicySummary!.Id!, TargetId: target }));
    client.destroy();
    const { id } = await organizations.import(made);
    const { items } = await stack.api.get<{ items: { name: string; targets: { id: string }[] }[] }>(`/v1/organizations/${id}/policies`);
    expect(items.find(({ name }) => name === 'NoIam')?.targets.map((at) => at.id)).toEqual([target]);
    const cloud = (await organizations.cloud(target))!;
    const shown = await stack.api.get<{ inEffect: boolean; items: { target: { type: string }; policies: { name: string }[] }[] }>(
      `/v1/clouds/${cloud.id}/policies`,
    );
    const onPath = shown.items.map(({ target: { type }, policies }) => [type, policies.map(({ name }) => name).toSorted()]);
    expect(shown.inEffect).toBe(true);
    expect(onPath).toEqual([
      ['root', ['FullAWSAccess']],
      ['organizational_unit', ['FullAWSAccess']],
      ['account', ['FullAWSAccess', 'NoIam']],
    ]);
  });
});

describe('O5, O6: refused submissions', () => {
  it('names every failed check and action, and leaves nothing behind', async () => {
    const made = await organizations.make({ accounts: 3, withoutActions: ['organizations:ListAccounts', 'organizations:DescribePolicy'] });
    const before = await traces();
    const refused = await fetch(new URL('/v1/organizations', stack.info.apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.info.adminApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(formOf(made)),
    });
    expect(refused.status).toBe(422);
    const problem = (await refused.json()) as { code: string; checks: { name: string; action?: string; passed: boolean }[] };
    expect(problem.code).toBe('organization_checks_failed');
    expect(problem.checks.filter(({ passed }) => !passed).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['organizations:ListAccounts', 'organizations:DescribePolicy']),
    );
    expect(problem.checks.filter(({ passed }) => passed).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['assume_role', 'describe_organization', 'simulate']),
    );

    const form = formOf(made);
    const wrongId = { ...form, organizationRole: { ...form.organizationRole, externalId: 'another-one' } };
    await expect(stack.api.post('/v1/organizations', wrongId)).rejects.toThrow(/422/);
    expect(await traces()).toEqual(before);
  });

  it('an organization exists once, even under a second nickname', async () => {
    const made = await organizations.make({ accounts: 2 });
    const { id } = await organizations.import(made);
    const before = await traces();
    await expect(organizations.add(made, { nickname: 'Another name' })).rejects.toThrow(/409/);
    expect(await traces()).toEqual(before);
    const other = await organizations.make({ accounts: 2 });
    await expect(organizations.add(other, { nickname: `organization ${made.organizationId.toUpperCase()}` })).rejects.toThrow(/409/);
    expect(await traces()).toEqual(before);
    await stack.api.delete(`/v1/organizations/${id}`);
  });
});

describe('O12, O13: an organization that is there', () => {
  it('its clouds cannot be edited or deleted, and a broken one is ok again after a recheck', async () => {
    const made = await organizations.make({ accounts: 6, brokenMemberRoles: 2 });
    const added = await organizations.import(made);
    const broken = await organizations.clouds(`organizationId=${added.id}&status=access_denied`);
    expect(broken).toHaveLength(2);
    const credentials = { roleArn: broken[0]!.roleArn, sessionName: 'muster', durationSeconds: 3_600 };
    await expect(stack.api.put(`/v1/clouds/${broken[0]!.id}/credentials`, credentials)).rejects.toThrow(/409/);
    await expect(stack.api.delete(`/v1/clouds/${broken[0]!.id}`)).rejects.toThrow(/409/);

    for (const { accountId } of broken) await organizations.copyRole(made.memberRole.roleName, made.managementAccountId, accountId);
    const listings = async () => (await stack.calls())['organizations']?.['ListAccounts']?.count;
    const before = await listings();
    await stack.api.post(`/v1/clouds/${broken[0]!.id}/recheck`, {});
    await waitFor('the cloud to be ok', async () => (await organizations.cloud(broken[0]!.accountId))?.status === 'ok');
    expect((await organizations.cloud(broken[1]!.accountId))?.status).toBe('access_denied');
    // O19: rechecks every cloud that is not ok, without another listing.
    const recheck = await stack.api.post<{ id: string }>(`/v1/organizations/${added.id}/recheck`, {});
    expect(await organizations.completed(recheck.id)).toMatchObject({ kind: 'recheck', counts: { checked: 1, ok: 1 } });
    expect(await organizations.clouds(`organizationId=${added.id}&status=access_denied`)).toEqual([]);
    expect(await listings()).toBe(before);
  });

  it('O7, O8: another nickname is on every badge; another scope removes what it leaves out, and gives it back', async () => {
    const made = await organizations.make({ accounts: 12, ous: 4, depth: 2, suspended: 2 });
    const { id } = await organizations.import(made);
    await stack.api.patch(`/v1/organizations/${id}`, { nickname: `Renamed ${made.organizationId}` });
    const named = encodeURIComponent(`system.cloud_organization_nickname:Renamed ${made.organizationId}`);
    expect(await organizations.clouds(`badge=${named}`)).toHaveLength(12);

    const members = await organizations.members(made);
    const excluded = members[0]!;
    const changed = await stack.api.patch<{ lastSync: { id: string } }>(`/v1/organizations/${id}`, {
      scope: { excludeAccountIds: [excluded.Id], excludeNamePrefixes: [members[1]!.Name], autoRemoveSuspended: true },
    });
    const sync = await organizations.completed(changed.lastSync.id);
    const left = await organizations.clouds(`organizationId=${id}`);
    const suspended = members.filter(({ State }) => State !== 'ACTIVE').map(({ Id }) => Id);
    const gone = new Set([excluded.Id, members[1]!.Id, ...suspended]);
    expect(sync).toMatchObject({ trigger: 'scope_changed', counts: { excluded: gone.size, removed: gone.size } });
    expect(idsOf(left)).toEqual([made.managementAccountId, ...members.map(({ Id }) => Id!)].filter((known) => !gone.has(known)).toSorted());

    const widened = await stack.api.patch<{ lastSync: { id: string } }>(`/v1/organizations/${id}`, { scope: {} });
    expect((await organizations.completed(widened.lastSync.id)).counts).toMatchObject({ added: gone.size, excluded: 0 });
    expect(await organizations.clouds(`organizationId=${id}`)).toHaveLength(12);
  });

  it('O13: other credentials are proven before they replace what is there, and every cloud shows its new role', async () => {
    const made = await organizations.make({ accounts: 3 });
    const { id } = await organizations.import(made);
    const { organizationRole, memberRole } = formOf(made);
    const wrong = { organizationRole: { ...organizationRole, externalId: 'another-one' }, memberRole };
    await expect(stack.api.patch(`/v1/organizations/${id}`, { credentials: wrong })).rejects.toThrow(/422/);
    const other = { organizationRole, memberRole: { ...memberRole, roleName: 'muster-other' } };
    const changed = await stack.api.patch<{ lastSync: { id: string } }>(`/v1/organizations/${id}`, { credentials: other });
    expect(await organizations.completed(changed.lastSync.id)).toMatchObject({
      trigger: 'credentials_changed',
      counts: { accessDenied: 3 },
    });
    for (const { status, roleArn } of await organizations.clouds(`organizationId=${id}`)) {
      expect({ status, roleArn }).toEqual({ status: 'access_denied', roleArn: expect.stringMatching(/:role\/muster-other$/) });
    }
    const sets = await stack.sql`select count(distinct credential_set_id)::int as sets from clouds where organization_id = ${id}`;
    expect(sets[0]!.sets).toBe(1);
  });

  it.each(['remove', 'keep'])('removed with clouds=%s, its id and nickname are free again', async (effect) => {
    const made = await organizations.make({ accounts: 3 });
    const { id } = await organizations.import(made);
    const clouds = await organizations.clouds(`organizationId=${id}`);
    const answer = await stack.api.delete<{ clouds: object }>(`/v1/organizations/${id}?clouds=${effect}`);
    expect(answer.clouds).toEqual(effect === 'keep' ? { removed: 0, kept: 3 } : { removed: 3, kept: 0 });
    await expect(organizations.get(id)).rejects.toThrow(/404/);
    for (const { id: cloudId, accountId } of clouds) {
      const cloud = await organizations.cloud(accountId);
      if (effect === 'remove') expect(cloud).toBeUndefined();
      else expect(cloud).toMatchObject({ id: cloudId, managed: false, organizationId: null });
    }
    // The remaining clouds can still be checked, because their credentials stay.
    if (effect === 'keep') {
      const { id: kept, accountId, lastCheckedAt: before } = clouds[0]!;
      await stack.api.post(`/v1/clouds/${kept}/recheck`, {});
      const checked = await waitFor('the check of a cloud that stays', async () => {
        const cloud = await organizations.cloud(accountId);
        return cloud!.lastCheckedAt! > before! && cloud;
      });
      expect(checked.status).toBe('ok');
    }
    const again = await organizations.import(made);
    expect(again.lastSync.counts).toMatchObject(effect === 'keep' ? { added: 0, takenOver: 3 } : { added: 3, takenOver: 0 });
  });
});

describe('names', () => {
  it('O15: two units of one name, and a slash in a name, are distinguished', async () => {
    const made = await organizations.make({ accounts: 10, ous: 4, depth: 2, seed: 7 });
    const client = organizations.administrators(made);
    const { id } = await organizations.import(made);
    const units = (
      await stack.api.get<{ items: { id: string; parentId: string | null; name: string }[] }>(`/v1/organizations/${id}/tree`)
    ).items.filter(({ parentId }) => parentId !== null);
    const [upper, lower] = [
      units.find(({ parentId }) => parentId === made.rootId)!,
      units.find(({ parentId }) => parentId !== made.rootId)!,
    ];
    await client.send(new UpdateOrganizationalUnitCommand({ OrganizationalUnitId: lower.id, Name: 'R/D' }));
    await client.send(new UpdateOrganizationalUnitCommand({ OrganizationalUnitId: upper.id, Name: 'R/D' }));
    client.destroy();
    const sync = await organizations.resync(id);
    expect(sync.counts).toMatchObject({ added: 0, removed: 0 });
    const paths = (await organizations.clouds(`organizationId=${id}`)).map(({ organizationPath }) => organizationPath!);
    expect(paths.some((path) => path === 'R\\/D')).toBe(true);
    expect(paths.some((path) => path.endsWith('/R\\/D'))).toBe(true);
  });
});
