import {
  CloseAccountCommand,
  CreateOrganizationalUnitCommand,
  DeleteOrganizationalUnitCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  RemoveAccountFromOrganizationCommand,
} from '@aws-sdk/client-organizations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeOrganization } from '../support/sandbox-aws.ts';
import {
  formOf,
  moveAccount,
  type OrganizationResource,
  type StackOrganizations,
  type SyncResource,
} from '../support/stack-organizations.ts';
import { TestStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

/** Nothing of value is lost by a slip: the whole product against the sandbox. */
let stack: TestStack;
let organizations: StackOrganizations;
beforeAll(async () => {
  stack = await TestStack.borrow();
  ({ organizations } = stack);
  await stack.control('PUT', '/limits', { mode: 'off', iamPropagationMs: 0 });
});
afterAll(() => stack?.stop());

type Warned = { warnings: { code: string; id: string }[] };
type Changed = OrganizationResource & Warned & { suspendedNow: { count: number; first: string[] } | null };
const path = '/v1/organizations';
const noUnit = 'ou-zzzz-zzzzzzzz';
const changeScope = (id: string, scope: object) => stack.api.patch<Changed>(`${path}/${id}`, { scope });

/** The units under the root of an organization that have accounts, the largest first, with their accounts. */
async function unitsOf(made: MadeOrganization): Promise<{ id: string; accounts: string[] }[]> {
  return await organizations.administrate(made, async (client) => {
    const { OrganizationalUnits = [] } = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId: made.rootId }));
    const units: { id: string; accounts: string[] }[] = [];
    for (const { Id } of OrganizationalUnits) {
      const { Accounts = [] } = await client.send(new ListAccountsForParentCommand({ ParentId: Id }));
      units.push({ id: Id!, accounts: Accounts.map((account) => account.Id!) });
    }
    return units.toSorted((a, b) => b.accounts.length - a.accounts.length);
  });
}

const idsOf = async (id: string) =>
  (await organizations.clouds('')).filter(({ organizationId }) => organizationId === id).map((cloud) => [cloud.accountId, cloud.id]);

describe('A3 O8: a scope with a typo', () => {
  it('is refused by name when an organization is added, and when its scope is edited; no cloud is lost', async () => {
    const made = await organizations.make({ accounts: 6, ous: 2 });
    const [unit] = await unitsOf(made);
    await expect(organizations.add(made, { scope: { includeOuIds: [unit!.id, noUnit] } })).rejects.toThrow(
      `answered 422: The organization has no ${noUnit}`,
    );
    const { id } = await organizations.import(made, { scope: { includeOuIds: [made.rootId], excludeAccountIds: [unit!.accounts[0]!] } });
    const before = await idsOf(id);
    expect(before).toHaveLength(5);
    await expect(changeScope(id, { includeOuIds: [noUnit] })).rejects.toThrow(noUnit);
    await expect(stack.api.post(`${path}/${id}/preview`, { scope: { includeOuIds: [noUnit] } })).rejects.toThrow(noUnit);
    expect(await idsOf(id)).toEqual(before);
  });

  it('a preview of a new organization finds it, and POST with previewId uses the listing of the preview', async () => {
    const made = await organizations.make({ accounts: 3 });
    const preview = await stack.api.post<{ id: string } & Warned>(
      `${path}/preview`,
      formOf(made, { scope: { includeOuIds: [noUnit] }, allowUnknown: true }),
    );
    await organizations.previewed(preview.id);
    const { warnings } = await stack.api.get<Warned>(`/v1/previews/${preview.id}`);
    expect(warnings).toEqual([expect.objectContaining({ code: 'scope_unknown', id: noUnit })]);
    await expect(organizations.add(made, { scope: { includeOuIds: [noUnit] }, previewId: preview.id })).rejects.toThrow(noUnit);
    const { lastSync } = await organizations.add(made, { scope: { includeOuIds: [made.rootId] }, previewId: preview.id });
    expect((await organizations.completed(lastSync.id)).counts).toMatchObject({ added: 3 });
  });
});

describe('A12 O17: the one unit of a scope is replaced at AWS', () => {
  it('the removal of all clouds is held, the unit is named, and a corrected scope keeps every cloud', async () => {
    const made = await organizations.make({ accounts: 6, ous: 2, depth: 1 });
    const [unit] = await unitsOf(made);
    const { id } = await organizations.import(made, { scope: { includeOuIds: [unit!.id] } });
    const before = await idsOf(id);
    expect(before.length).toBeGreaterThan(0);
    const replacement = await organizations.administrate(made, async (client) => {
      const { OrganizationalUnit } = await client.send(new CreateOrganizationalUnitCommand({ ParentId: made.rootId, Name: 'Replacement' }));
      for (const accountId of unit!.accounts) await moveAccount(client, accountId, OrganizationalUnit!.Id!);
      await client.send(new DeleteOrganizationalUnitCommand({ OrganizationalUnitId: unit!.id }));
      return OrganizationalUnit!.Id!;
    });
    const held = (await organizations.resync(id)) as SyncResource & Warned;
    expect([held.heldRemovals, held.counts['removed']]).toEqual([{ count: before.length, state: 'waiting' }, 0]);
    const gone = [expect.objectContaining({ code: 'scope_unknown', id: unit!.id })];
    expect([held.warnings, ((await organizations.get(id)) as Changed).warnings]).toEqual([gone, gone]);

    const { lastSync } = await changeScope(id, { includeOuIds: [replacement] });
    expect((await organizations.completed(lastSync.id)).counts).toMatchObject({ removed: 0, added: 0, moved: before.length });
    expect(await idsOf(id)).toEqual(before);
    expect(((await organizations.get(id)) as Changed).warnings).toEqual([]);
  });
});

describe('A11 O8: autoRemoveSuspended is switched on', () => {
  it('the accounts that are suspended then go at once; later ones are under the guard', async () => {
    const made = await organizations.make({ accounts: 30, suspended: 8 });
    const { id } = await organizations.import(made);
    const changed = await changeScope(id, { autoRemoveSuspended: true });
    expect([changed.suspendedNow?.count, changed.suspendedNow?.first.length]).toEqual([8, 8]);
    const sync = await organizations.completed(changed.lastSync.id);
    expect([sync.heldRemovals, sync.counts['removed']]).toEqual([null, 8]);
    expect(((await organizations.get(id)) as Changed).suspendedNow).toBeNull();

    const active = (await organizations.members(made)).filter(({ State }) => State === 'ACTIVE').map(({ Id }) => Id!);
    await organizations.administrate(made, async (client) => {
      for (const AccountId of active.slice(0, 6)) await client.send(new CloseAccountCommand({ AccountId }));
    });
    expect((await organizations.resync(id)).heldRemovals).toEqual({ count: 6, state: 'waiting' });
  });
});

describe('A4 C5: a cloud leaves and returns', () => {
  it('has the same id, nickname and badges, and is forgotten only by a person', async () => {
    const made = await organizations.make({ accounts: 6 });
    const { id } = await organizations.import(made);
    const account = (await organizations.members(made))[0]!.Id!;
    const before = (await organizations.cloud(account))!;
    const nickname = `Crown jewels ${account}`;
    await stack.api.patch(`/v1/clouds/${before.id}`, { nickname });
    await stack.api.put(`/v1/clouds/${before.id}/badges/owner`, { value: 'Ada' });
    const resync = async (scope: object) => await organizations.completed((await changeScope(id, scope)).lastSync.id);

    expect((await resync({ excludeAccountIds: [account] })).counts).toMatchObject({ removed: 1 });
    expect(await organizations.cloud(account)).toBeUndefined();
    expect((await resync({})).counts).toMatchObject({ added: 1 });
    expect(await organizations.cloud(account)).toMatchObject({ id: before.id, nickname, status: 'ok' });
    expect(await organizations.badges(before.id)).toMatchObject({ owner: 'Ada' });

    await resync({ excludeAccountIds: [account] });
    await stack.api.delete(`${path}/${id}?clouds=remove`);
    await organizations.import(made);
    const fresh = (await organizations.cloud(account))!;
    expect([fresh.id === before.id, fresh.nickname]).toEqual([false, null]);
  });
});

describe('A6 C4: own credentials that return', () => {
  it.each(['a departure', 'an exclusion', 'DELETE ?clouds=keep'])('after %s are checked without a request', async (way) => {
    const made = await organizations.make({ accounts: 4 });
    const account = (await organizations.members(made))[0]!.Id!;
    const request = await stack.ask(account);
    await stack.approve(request, account);
    await stack.phase(request.id, 'completed', 'failed');
    const own = (await organizations.cloud(account))!;
    const { id } = await organizations.import(made);
    if (way === 'a departure') {
      await organizations.administrate(made, (client) => client.send(new RemoveAccountFromOrganizationCommand({ AccountId: account })));
      await organizations.resync(id);
    } else if (way === 'an exclusion') {
      await organizations.completed((await changeScope(id, { excludeAccountIds: [account] })).lastSync.id);
    } else {
      await stack.api.delete(`${path}/${id}?clouds=keep`);
    }
    const returned = await waitFor('the check of the returned role', async () => {
      const cloud = await organizations.cloud(account);
      return cloud?.status === 'pending' ? null : cloud;
    });
    expect(returned).toMatchObject({ id: own.id, managed: false, roleArn: own.roleArn, status: 'ok', lastCheckedAt: expect.any(String) });
  });
});
