import {
  CloseAccountCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  DeleteOrganizationalUnitCommand,
  DescribeAccountCommand,
  DescribeCreateAccountStatusCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListParentsCommand,
  ListTagsForResourceCommand,
  MoveAccountCommand,
  RegisterDelegatedAdministratorCommand,
  RemoveAccountFromOrganizationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateOrganizationalUnitCommand,
} from '@aws-sdk/client-organizations';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { adminOf, control } from '../testing/http.ts';
import { assume, makeOrganization, organizationsOf } from '../fixtures/organizations.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { organizationsState } from './state.ts';

let sandbox: Sandbox;
let made: GeneratedOrganization;
let client: OrganizationsClient;
let member: string;
let units: string[];

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await control(sandbox, 'PUT', '/limits', { mode: 'off' });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  made = await makeOrganization(sandbox);
  client = organizationsOf(sandbox, made.managementAccountId);
  member = [...stored().accounts.keys()].find((id) => id !== made.managementAccountId)!;
  units = [...stored().units.keys()];
});

const stored = () => organizationsState.of(sandbox.world).organizations.get(made.organizationId)!;
const parentOf = async (ChildId: string) => (await client.send(new ListParentsCommand({ ChildId }))).Parents![0]!.Id!;

describe('O9: accounts come, move and go', () => {
  it('a new account appears after a while, in the root, with its tags and a role for the management account', async () => {
    const { CreateAccountStatus } = await client.send(
      new CreateAccountCommand({ Email: 'new@example.com', AccountName: 'New', Tags: [{ Key: 'team', Value: 'blue' }] }),
    );
    expect(CreateAccountStatus).toMatchObject({ State: 'IN_PROGRESS', AccountName: 'New' });
    const { CreateAccountStatus: ended } = await client.send(
      new DescribeCreateAccountStatusCommand({ CreateAccountRequestId: CreateAccountStatus!.Id }),
    );
    expect(ended).toMatchObject({ State: 'SUCCEEDED', CompletedTimestamp: expect.any(Date) });
    const id = ended!.AccountId!;
    expect((await client.send(new DescribeAccountCommand({ AccountId: id }))).Account).toMatchObject({ Name: 'New', State: 'ACTIVE' });
    expect(await parentOf(id)).toBe(made.rootId);
    expect((await client.send(new ListTagsForResourceCommand({ ResourceId: id }))).Tags).toEqual([{ Key: 'team', Value: 'blue' }]);
    const administrator = adminOf(sandbox, made.managementAccountId);
    await assume(sandbox, `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`, undefined, administrator);
  });

  it('an e-mail address that is taken fails the request, not the call', async () => {
    const taken = stored().accounts.get(member)!.email;
    const { CreateAccountStatus } = await client.send(new CreateAccountCommand({ Email: taken, AccountName: 'Twice' }));
    const status = await client.send(new DescribeCreateAccountStatusCommand({ CreateAccountRequestId: CreateAccountStatus!.Id }));
    expect(status.CreateAccountStatus).toMatchObject({ State: 'FAILED', FailureReason: 'EMAIL_ALREADY_EXISTS' });
  });

  it('an account moves from where it is, and only from there', async () => {
    const source = await parentOf(member);
    const destination = units.find((id) => id !== source)!;
    const move = (SourceParentId: string, DestinationParentId: string) =>
      client.send(new MoveAccountCommand({ AccountId: member, SourceParentId, DestinationParentId }));
    await expect(move(made.rootId, destination)).rejects.toMatchObject({ name: 'SourceParentNotFoundException' });
    await expect(move(source, 'ou-abcd-12345678')).rejects.toMatchObject({ name: 'DestinationParentNotFoundException' });
    await expect(move(source, source)).rejects.toMatchObject({ name: 'DuplicateAccountException' });
    await move(source, destination);
    expect(await parentOf(member)).toBe(destination);
    const { Accounts } = await client.send(new ListAccountsForParentCommand({ ParentId: destination }));
    expect(Accounts!.map(({ Id }) => Id)).toContain(member);
    const { Account } = await client.send(new DescribeAccountCommand({ AccountId: member }));
    expect(Account!.Paths![0]).toContain(destination);
  });

  it('a closed account stays listed, first as pending, and its roles cannot be assumed', async () => {
    const roleArn = `arn:aws:iam::${member}:role/${made.memberRole.roleName}`;
    await assume(sandbox, roleArn, made.memberRole.externalId);
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 60_000 });
    await client.send(new CloseAccountCommand({ AccountId: member }));
    const state = async () => (await client.send(new DescribeAccountCommand({ AccountId: member }))).Account!.State;
    expect(await state()).toBe('PENDING_CLOSURE');
    await expect(assume(sandbox, roleArn, made.memberRole.externalId)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(client.send(new CloseAccountCommand({ AccountId: member }))).rejects.toMatchObject({
      name: 'AccountAlreadyClosedException',
    });
    await control(sandbox, 'PUT', '/limits', { stackStepMs: 0 });
    expect(await state()).toBe('CLOSED');
    expect((await client.send(new ListAccountsCommand({}))).Accounts).toHaveLength(8);
    await expect(client.send(new CloseAccountCommand({ AccountId: made.managementAccountId }))).rejects.toMatchObject({
      Reason: 'CANNOT_CLOSE_MANAGEMENT_ACCOUNT',
    });
  });

  it('a removed account is listed no more; the management account and a delegated administrator stay', async () => {
    const remove = (AccountId: string) => client.send(new RemoveAccountFromOrganizationCommand({ AccountId }));
    await client.send(new RegisterDelegatedAdministratorCommand({ AccountId: member, ServicePrincipal: 'config.amazonaws.com' }));
    await expect(remove(member)).rejects.toMatchObject({ Reason: 'CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG' });
    await expect(remove(made.managementAccountId)).rejects.toMatchObject({ name: 'MasterCannotLeaveOrganizationException' });
    const other = [...stored().accounts.keys()].find((id) => id !== member && id !== made.managementAccountId)!;
    await remove(other);
    expect((await client.send(new ListAccountsCommand({}))).Accounts!.map(({ Id }) => Id)).not.toContain(other);
    await expect(organizationsOf(sandbox, other).send(new ListAccountsCommand({}))).rejects.toMatchObject({
      name: 'AWSOrganizationsNotInUseException',
    });
    // Its own things are its own.
    await assume(sandbox, `arn:aws:iam::${other}:role/${made.memberRole.roleName}`, made.memberRole.externalId);
  });
});

describe('O15: OUs', () => {
  const create = async (ParentId: string, Name: string) =>
    (await client.send(new CreateOrganizationalUnitCommand({ ParentId, Name }))).OrganizationalUnit!;

  it('five levels deep and no deeper, one name once under a parent', async () => {
    let parentId = made.rootId;
    for (let level = 1; level <= 5; level += 1) parentId = (await create(parentId, 'Same')).Id!;
    await expect(create(parentId, 'Deeper')).rejects.toMatchObject({
      name: 'ConstraintViolationException',
      Reason: 'OU_DEPTH_LIMIT_EXCEEDED',
    });
    await expect(create(made.rootId, 'Same')).rejects.toMatchObject({ name: 'DuplicateOrganizationalUnitException' });
  });

  it('an OU is renamed, and deleted only when it is empty', async () => {
    const { Id } = await create(made.rootId, 'Old/name');
    const renamed = await client.send(new UpdateOrganizationalUnitCommand({ OrganizationalUnitId: Id, Name: 'New' }));
    expect(renamed.OrganizationalUnit).toMatchObject({ Id, Name: 'New', Path: `${made.organizationId}/${made.rootId}/${Id}/` });
    await client.send(new DeleteOrganizationalUnitCommand({ OrganizationalUnitId: Id }));
    const full = await parentOf(member);
    await expect(client.send(new DeleteOrganizationalUnitCommand({ OrganizationalUnitId: full }))).rejects.toMatchObject({
      name: 'OrganizationalUnitNotEmptyException',
    });
  });
});

describe('B4: tags', () => {
  const tag = (...Tags: { Key: string; Value: string }[]) => client.send(new TagResourceCommand({ ResourceId: member, Tags }));
  const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceId: member }))).Tags!;

  it('are set, changed, distinguished by case, and removed', async () => {
    await tag({ Key: 'Team', Value: 'red' }, { Key: 'team', Value: '' });
    expect(await tags()).toEqual(
      expect.arrayContaining([
        { Key: 'Team', Value: 'red' },
        { Key: 'team', Value: '' },
      ]),
    );
    await client.send(new UntagResourceCommand({ ResourceId: member, TagKeys: ['Team', 'never there'] }));
    expect((await tags()).map(({ Key }) => Key)).not.toContain('Team');
  });

  it('AWS refuses: more than 50, reserved keys, a key twice', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    await expect(tag(...many)).rejects.toMatchObject({ name: 'ConstraintViolationException', Reason: 'MAX_TAG_LIMIT_EXCEEDED' });
    await expect(tag({ Key: 'aws:x', Value: 'v' })).rejects.toMatchObject({ Reason: 'INVALID_SYSTEM_TAGS_PARAMETER' });
    await expect(tag({ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' })).rejects.toMatchObject({ Reason: 'DUPLICATE_TAG_KEY' });
    expect(await tags()).toHaveLength(3);
  });
});
