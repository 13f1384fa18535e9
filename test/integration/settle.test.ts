import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { formOf, type CloudResource, type OrganizationResource, type StackOrganizations } from '../support/stack-organizations.ts';
import { externalIdOf, TestStack } from '../support/stack.ts';

/** External ids that matter, existing roles, and credentials that are proven first: the whole product against the sandbox. */
let stack: TestStack;
let organizations: StackOrganizations;
beforeAll(async () => {
  stack = await TestStack.borrow();
  ({ organizations } = stack);
  await stack.control('PUT', '/limits', { mode: 'off', iamPropagationMs: 0 });
});
afterAll(() => stack?.stop());

type Warned = { status: string; warnings: { code: string; message: string }[] };
const codes = ({ warnings }: Warned) => warnings.map(({ code }) => code);
const trust = (caller: unknown, externalId?: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: caller,
      Action: 'sts:AssumeRole',
      ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
    },
  });

/** The principal that a role trusts. */
async function callerOf(roleArn: string): Promise<unknown> {
  const { accountId, roleName } = parseRoleArn(roleArn)!;
  const role = await stack.role(accountId, roleName);
  const document = JSON.parse(decodeURIComponent(role!.AssumeRolePolicyDocument!)) as {
    Statement: { Principal: unknown } | { Principal: unknown }[];
  };
  return [document.Statement].flat()[0]!.Principal;
}

/** Makes a role trust Muster's caller without any condition. */
async function dropCondition(roleArn: string): Promise<void> {
  const { accountId, roleName } = parseRoleArn(roleArn)!;
  const PolicyDocument = trust(await callerOf(roleArn));
  await stack.iam(accountId).send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }));
}

/** Creates a role that Muster's caller may assume. */
async function createRole(account: string, caller: unknown, externalId?: string, RoleName = 'existing'): Promise<string> {
  const created = await stack.iam(account).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(caller, externalId) }));
  return created.Role!.Arn!;
}

const session = { sessionName: 'muster', durationSeconds: 3_600 };

describe('A7, D12: external ids that protect nothing', () => {
  it('are a warning on the cloud of an open member role, and on the organization of an open organization role', async () => {
    const made = await organizations.make({ accounts: 4 });
    const open = (await organizations.members(made)).find(({ Id }) => Id !== made.managementAccountId)!.Id!;
    await dropCondition(`arn:aws:iam::${open}:role/${made.memberRole.roleName}`);
    await dropCondition(made.organizationRole.roleArn);
    const added = await organizations.import(made);
    const { warnings } = await stack.api.get<OrganizationResource & Warned>(`/v1/organizations/${added.id}`);
    expect(warnings).toEqual([{ code: 'external_id_not_enforced', message: expect.stringContaining(made.organizationRole.roleArn) }]);
    const clouds = (await organizations.clouds('')).filter(({ organizationId }) => organizationId === added.id) as (CloudResource &
      Warned)[];
    expect(clouds.filter(({ accountId }) => accountId === open).map(codes)).toEqual([['external_id_not_enforced']]);
    expect(clouds.filter(({ accountId }) => accountId !== open).map(codes)).toEqual([[], [], []]);
  });

  it('are one warning on the organization whose roles were given none', async () => {
    const made = await organizations.make({ accounts: 3 });
    await dropCondition(made.organizationRole.roleArn);
    for (const { Id } of await organizations.members(made)) await dropCondition(`arn:aws:iam::${Id}:role/${made.memberRole.roleName}`);
    const { externalId: _one, ...organizationRole } = { ...formOf(made).organizationRole };
    const { externalId: _other, ...memberRole } = { ...formOf(made).memberRole };
    const added = await organizations.import(made, { organizationRole, memberRole });
    expect(codes(await stack.api.get<OrganizationResource & Warned>(`/v1/organizations/${added.id}`))).toEqual([
      'external_id_not_enforced',
    ]);
    const clouds = (await organizations.clouds('')).filter(({ organizationId }) => organizationId === added.id) as (CloudResource &
      Warned)[];
    expect(clouds.map(codes)).toEqual([[], [], []]);
  });
});

describe('C4: an existing role', () => {
  it('is proven both ways before anything is stored, and listed then', async () => {
    const made = await organizations.make({ accounts: 1 });
    const caller = await callerOf(made.organizationRole.roleArn);
    const account = stack.newAccount();
    const [externalId, nickname] = ['their-own-id', `Existing ${account}`];
    const roleArn = await createRole(account, caller, externalId);
    const sets = async () => (await stack.sql`select id from credential_sets where role_arn = ${roleArn}`).length;
    for (const given of [{}, { externalId: 'a-wrong-one' }]) {
      await expect(stack.api.post('/v1/clouds', { nickname, roleArn, ...given, ...session })).rejects.toThrow('422');
      expect(await sets()).toBe(0);
    }
    const cloud = await stack.api.post<CloudResource & Warned>('/v1/clouds', { nickname, roleArn, externalId, ...session });
    expect(cloud).toMatchObject({ accountId: account, nickname, managed: false });
    expect(codes(cloud)).not.toContain('external_id_not_enforced');
    expect(await sets()).toBe(1);
    await dropCondition(roleArn);
    const other = stack.newAccount();
    const open = await createRole(other, caller);
    await expect(stack.api.post('/v1/clouds', { nickname: `Open ${other}`, roleArn: open, externalId, ...session })).rejects.toThrow('422');
    const accepted = await stack.api.post<CloudResource & Warned>('/v1/clouds', {
      nickname: `Open ${other}`,
      roleArn: open,
      externalId,
      ...session,
      acceptUnenforcedExternalId: true,
    });
    expect(codes(accepted)).toContain('external_id_not_enforced');
  });
});

describe('A5: replacing credentials', () => {
  it('another role, and back to the deployed one, whose external id was never lost', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const { cloudId } = await stack.phase(request.id, 'completed', 'failed');
    const url = `/v1/clouds/${cloudId}`;
    const deployed = await stack.role(account, 'MusterHarvesting');
    expect(externalIdOf(deployed!)).toBeTruthy();
    const caller = await callerOf(deployed!.Arn!);
    const other = await createRole(account, caller, 'their-own-id');
    const put = (body: object) => stack.api.put<CloudResource & Warned>(`${url}/credentials`, { ...session, ...body });
    await expect(put({ roleArn: other, externalId: 'a-wrong-one' })).rejects.toThrow('422');
    expect(await stack.api.get<CloudResource>(url)).toMatchObject({ roleArn: deployed!.Arn, status: 'ok' });
    expect(await put({ roleArn: other, externalId: 'their-own-id' })).toMatchObject({ roleArn: other });
    expect(await put({ roleArn: deployed!.Arn })).toMatchObject({ roleArn: deployed!.Arn, status: 'ok', warnings: [] });
  });
});
