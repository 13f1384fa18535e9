import {
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  DescribeOrganizationalUnitCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListChildrenCommand,
  ListParentsCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import type { Account, OrganizationalUnit, OrganizationsClient } from '@aws-sdk/client-organizations';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { control } from '../testing/http.ts';
import { makeOrganization, organizationsOf } from '../fixtures/organizations.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { organizationsState } from './state.ts';

let sandbox: Sandbox;
let made: GeneratedOrganization;
let client: OrganizationsClient;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await control(sandbox, 'PUT', '/limits', { mode: 'off' });
  made = await makeOrganization(sandbox, { accounts: 127, ous: 20, depth: 5, suspended: 2, tagsPerAccount: 45 });
  client = organizationsOf(sandbox, made.managementAccountId);
});
afterAll(() => sandbox.close());
beforeEach(() => settings({ paths: 'parent', state: true, status: true, emptyPageEvery: 0, tokenSeconds: 600 }));

const settings = (body: object) => control(sandbox, 'PUT', '/organizations/settings', body);
const stored = () => organizationsState.of(sandbox.world).organizations.get(made.organizationId)!;

async function allAccounts(): Promise<Account[]> {
  const accounts: Account[] = [];
  for await (const page of paginateListAccounts({ client }, {})) accounts.push(...page.Accounts!);
  return accounts;
}

async function unitsUnder(ParentId: string): Promise<OrganizationalUnit[]> {
  const units: OrganizationalUnit[] = [];
  for await (const page of paginateListOrganizationalUnitsForParent({ client }, { ParentId })) {
    for (const unit of page.OrganizationalUnits!) units.push(unit, ...(await unitsUnder(unit.Id!)));
  }
  return units;
}

describe('O9: a client that reads every page finds each account and OU once', () => {
  it('all accounts, 20 a page', async () => {
    const accounts = await allAccounts();
    expect(accounts.map(({ Id }) => Id)).toEqual([...stored().accounts.keys()].sort());
    const { Accounts, NextToken } = await client.send(new ListAccountsCommand({}));
    expect(Accounts).toHaveLength(20);
    expect(NextToken).toBeDefined();
  });

  it('the tree, by its parents and by the paths, is one', async () => {
    const { Roots } = await client.send(new ListRootsCommand({}));
    expect(Roots).toMatchObject([{ Id: made.rootId, Name: 'Root', PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] }]);
    const units = await unitsUnder(made.rootId);
    expect(units).toHaveLength(20);
    expect(Math.max(...units.map(({ Path }) => Path!.match(/ou-/g)!.length))).toBe(5);
    const pathOf = new Map(units.map(({ Id, Path }) => [Id!, Path!]));
    pathOf.set(made.rootId, `${made.organizationId}/${made.rootId}/`);
    for (const [ParentId, path] of pathOf) {
      for await (const page of paginateListAccountsForParent({ client }, { ParentId })) {
        for (const account of page.Accounts!) expect(account.Paths).toEqual([path]);
      }
    }
  });

  it('an OU name occurs under several parents', async () => {
    const names = (await unitsUnder(made.rootId)).map(({ Name }) => Name);
    expect(new Set(names).size).toBeLessThan(names.length);
  });

  it('children and parents, one account, one OU, the organization itself', async () => {
    const [unitId, unit] = [...stored().units][0]!;
    const account = [...stored().accounts.values()].find(({ parentId }) => parentId === unitId)!;
    const children = await client.send(new ListChildrenCommand({ ParentId: unitId, ChildType: 'ACCOUNT' }));
    expect(children.Children).toContainEqual({ Id: account.id, Type: 'ACCOUNT' });
    const { Children } = await client.send(new ListChildrenCommand({ ParentId: unitId, ChildType: 'ORGANIZATIONAL_UNIT' }));
    expect(Children!.map(({ Id }) => stored().units.get(Id!)!.parentId)).toEqual(Children!.map(() => unitId));
    const { Parents } = await client.send(new ListParentsCommand({ ChildId: account.id }));
    expect(Parents).toEqual([{ Id: unitId, Type: 'ORGANIZATIONAL_UNIT' }]);
    const { Account } = await client.send(new DescribeAccountCommand({ AccountId: account.id }));
    expect(Account).toMatchObject({ Id: account.id, Name: account.name, Email: account.email, JoinedTimestamp: expect.any(Date) });
    expect(Account!.Arn).toBe(`arn:aws:organizations::${made.managementAccountId}:account/${made.organizationId}/${account.id}`);
    const { OrganizationalUnit } = await client.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: unitId }));
    expect(OrganizationalUnit).toMatchObject({ Id: unitId, Name: unit.name });
    const { Organization } = await client.send(new DescribeOrganizationCommand({}));
    expect(Organization).toMatchObject({ Id: made.organizationId, MasterAccountId: made.managementAccountId, FeatureSet: 'ALL' });
  });
});

describe('O9: pages as AWS may give them', () => {
  it('MaxResults is 1 to 20', async () => {
    expect((await client.send(new ListAccountsCommand({ MaxResults: 3 }))).Accounts).toHaveLength(3);
    await expect(client.send(new ListAccountsCommand({ MaxResults: 21 }))).rejects.toMatchObject({
      name: 'InvalidInputException',
      Reason: 'MAX_VALUE_EXCEEDED',
    });
    await expect(client.send(new ListAccountsCommand({ MaxResults: 0 }))).rejects.toMatchObject({ Reason: 'MIN_VALUE_EXCEEDED' });
  });

  it('a page may be empty and have a token; nothing is lost by it', async () => {
    await settings({ emptyPageEvery: 2 });
    const sizes: number[] = [];
    for await (const page of paginateListAccounts({ client }, {})) sizes.push(page.Accounts!.length);
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(2);
    expect(await allAccounts()).toHaveLength(127);
  });

  it('a token is refused by another listing, and when it is too old', async () => {
    const { NextToken } = await client.send(new ListAccountsCommand({}));
    const refused = { name: 'InvalidInputException', Reason: 'INVALID_NEXT_TOKEN' };
    await expect(client.send(new ListRootsCommand({ NextToken }))).rejects.toMatchObject(refused);
    await expect(client.send(new ListAccountsForParentCommand({ ParentId: made.rootId, NextToken }))).rejects.toMatchObject(refused);
    await expect(client.send(new ListAccountsCommand({ NextToken: 'made up' }))).rejects.toMatchObject(refused);
    await settings({ tokenSeconds: 0 });
    await expect(client.send(new ListAccountsCommand({ NextToken }))).rejects.toMatchObject(refused);
  });

  it('B2: tags come in pages too', async () => {
    const tags = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListTagsForResourceCommand({ ResourceId: made.managementAccountId, NextToken }));
      tags.push(...page.Tags!);
      NextToken = page.NextToken;
      expect(page.Tags!.length).toBeLessThanOrEqual(20);
    } while (NextToken !== undefined);
    expect(new Map(tags.map(({ Key, Value }) => [Key!, Value!]))).toEqual(stored().accounts.get(made.managementAccountId)!.tags);
    expect(tags).toHaveLength(45);
  });
});

describe('O8, C2: the fields of an account', () => {
  it('State, and Status as long as it lasts', async () => {
    const suspended = (await allAccounts()).filter(({ State }) => State === 'SUSPENDED');
    expect(suspended).toHaveLength(2);
    expect(suspended.every(({ Status }) => Status === 'SUSPENDED')).toBe(true);
    await settings({ status: false });
    expect((await allAccounts()).some(({ Status }) => Status !== undefined)).toBe(false);
    await settings({ status: true, state: false });
    expect((await allAccounts()).filter(({ Status }) => Status === 'SUSPENDED')).toHaveLength(2);
    expect((await allAccounts()).some(({ State }) => State !== undefined)).toBe(false);
  });

  it('Paths to the parent, to the account itself, or none', async () => {
    await settings({ paths: 'account' });
    for (const { Id, Paths } of await allAccounts()) {
      expect(Paths![0]).toMatch(/^o-[a-z0-9]{10,32}\/r-[0-9a-z]{4,32}(\/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})*(\/\d{12})*\/$/);
      expect(Paths![0]!.endsWith(`/${Id}/`)).toBe(true);
    }
    await settings({ paths: 'off' });
    expect((await allAccounts()).some(({ Paths }) => Paths !== undefined)).toBe(false);
  });
});

describe('a missing target, or an id of the wrong form, is refused with the error of its kind', () => {
  it.each([
    ['AccountNotFoundException', new DescribeAccountCommand({ AccountId: '000000000000' })],
    ['OrganizationalUnitNotFoundException', new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: 'ou-abcd-12345678' })],
    ['ParentNotFoundException', new ListAccountsForParentCommand({ ParentId: 'r-zzzz' })],
    ['ChildNotFoundException', new ListParentsCommand({ ChildId: '000000000000' })],
    ['TargetNotFoundException', new ListTagsForResourceCommand({ ResourceId: 'ou-abcd-12345678' })],
    ['InvalidInputException', new DescribeAccountCommand({ AccountId: '12' })],
    ['InvalidInputException', new ListChildrenCommand({ ParentId: 'r-zzzz', ChildType: 'ROOT' as 'ACCOUNT' })],
  ])('%s', async (name, command) => {
    await expect(client.send(command as ListParentsCommand)).rejects.toMatchObject({ name });
  });
});
