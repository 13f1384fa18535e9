import {
  CreateOrganizationCommand,
  DeregisterDelegatedAdministratorCommand,
  DescribeOrganizationCommand,
  DisableAWSServiceAccessCommand,
  EnableAWSServiceAccessCommand,
  ListAccountsCommand,
  ListAWSServiceAccessForOrganizationCommand,
  ListDelegatedAdministratorsCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  MoveAccountCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { control, keysOf } from '../testing/http.ts';
import { assume, makeOrganization, organizationsOf } from '../fixtures/organizations.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { organizationsState } from './state.ts';

let sandbox: Sandbox;
let made: GeneratedOrganization;
let members: string[];
let management: OrganizationsClient;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await control(sandbox, 'PUT', '/limits', { mode: 'off' });
  made = await makeOrganization(sandbox, { suspended: 1, withoutActions: ['organizations:ListRoots'] });
  members = [...organizationsState.of(sandbox.world).organizations.get(made.organizationId)!.accounts.values()]
    .filter(({ id, state }) => id !== made.managementAccountId && state === 'ACTIVE')
    .map(({ id }) => id);
  management = organizationsOf(sandbox, made.managementAccountId);
});
afterAll(() => sandbox.close());

const ServicePrincipal = 'member.org.stacksets.cloudformation.amazonaws.com';

describe('O5: callers that may read an organization', () => {
  it('a member sees the organization, and nothing else', async () => {
    const member = organizationsOf(sandbox, members[0]!);
    const { Organization } = await member.send(new DescribeOrganizationCommand({}));
    expect(Organization!.Id).toBe(made.organizationId);
    for (const command of [new ListAccountsCommand({}), new ListTagsForResourceCommand({ ResourceId: members[0]! })]) {
      await expect(member.send(command as ListAccountsCommand)).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: "You don't have permissions to access this resource.",
      });
    }
  });

  it('an account outside of any organization gets an error that says so', async () => {
    const outsider = organizationsOf(sandbox, '123412341234');
    await expect(outsider.send(new DescribeOrganizationCommand({}))).rejects.toMatchObject({ name: 'AWSOrganizationsNotInUseException' });
    await expect(outsider.send(new ListAccountsCommand({}))).rejects.toMatchObject({ name: 'AWSOrganizationsNotInUseException' });
  });

  it('a delegated administrator reads as the management account does, but changes nothing', async () => {
    const AccountId = members[1]!;
    const administrator = organizationsOf(sandbox, AccountId);
    await management.send(new RegisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal }));
    expect((await administrator.send(new ListAccountsCommand({}))).Accounts).toHaveLength(8);
    const move = new MoveAccountCommand({ AccountId, SourceParentId: made.rootId, DestinationParentId: made.rootId });
    await expect(administrator.send(move)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const { DelegatedAdministrators } = await management.send(new ListDelegatedAdministratorsCommand({ ServicePrincipal }));
    expect(DelegatedAdministrators).toMatchObject([{ Id: AccountId, State: 'ACTIVE', DelegationEnabledDate: expect.any(Date) }]);
    await expect(management.send(new RegisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal }))).rejects.toMatchObject({
      name: 'AccountAlreadyRegisteredException',
    });
    await management.send(new DeregisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal }));
    await expect(administrator.send(new ListAccountsCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('neither the management account nor a suspended one can be a delegated administrator', async () => {
    const suspended = [...organizationsState.of(sandbox.world).organizations.get(made.organizationId)!.accounts.values()].find(
      ({ state }) => state === 'SUSPENDED',
    )!.id;
    const register = (AccountId: string) => management.send(new RegisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal }));
    await expect(register(made.managementAccountId)).rejects.toMatchObject({
      name: 'ConstraintViolationException',
      Reason: 'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
    });
    await expect(register(suspended)).rejects.toMatchObject({
      Reason: 'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR',
    });
  });

  it("IAM is asked first: the role's policy names what it may read", async () => {
    const keys = await assume(sandbox, made.organizationRole.roleArn, made.organizationRole.externalId);
    const role = new OrganizationsClient(keysOf(sandbox, keys));
    expect((await role.send(new ListAccountsCommand({}))).Accounts).toHaveLength(8);
    await expect(role.send(new ListRootsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::\d{12}:assumed-role\/organization-reader\/session is not authorized to perform: organizations:ListRoots on resource: \* because no identity-based policy allows/,
      ),
    });
  });
});

it('D5: trusted access is switched on and off by service', async () => {
  const listed = async (): Promise<unknown> =>
    (await management.send(new ListAWSServiceAccessForOrganizationCommand({}))).EnabledServicePrincipals;
  expect(await listed()).toEqual([]);
  await management.send(new EnableAWSServiceAccessCommand({ ServicePrincipal }));
  expect(await listed()).toEqual([{ ServicePrincipal, DateEnabled: expect.any(Date) }]);
  await management.send(new DisableAWSServiceAccessCommand({ ServicePrincipal }));
  expect(await listed()).toEqual([]);
});

it('an account becomes the management account of an organization of its own, once', async () => {
  const account = organizationsOf(sandbox, '210987654321');
  const { Organization } = await account.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  expect(Organization).toMatchObject({ MasterAccountId: '210987654321' });
  expect((await account.send(new ListAccountsCommand({}))).Accounts).toHaveLength(1);
  await expect(account.send(new CreateOrganizationCommand({}))).rejects.toMatchObject({ name: 'AlreadyInOrganizationException' });
});
