import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeOrganizationCommand, ListAccountsCommand, OrganizationsClient, TagResourceCommand } from '@aws-sdk/client-organizations';
import { CreateRoleCommand, GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSandbox, workerKeys } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { iamState } from '../iam/state.ts';
import { adminOf, control, keysOf } from '../testing/http.ts';
import { assume, makeOrganization } from '../fixtures/organizations.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const stored = (made: GeneratedOrganization): Organization => organizationsState.of(sandbox.world).organizations.get(made.organizationId)!;

/** Whether the partner's worker gets into an account's member role. */
async function letsIn(made: GeneratedOrganization, accountId: string, externalId: string | undefined = made.memberRole.externalId) {
  const roleArn = `arn:aws:iam::${accountId}:role/${made.memberRole.roleName}`;
  return assume(sandbox, roleArn, externalId).then(
    () => true,
    (error: Error) => {
      if (error.name !== 'AccessDenied') throw error;
      return false;
    },
  );
}

describe('POST /_sandbox/organizations', () => {
  it('S1: 127 accounts in 20 OUs, the management account among them, the members spread evenly', async () => {
    const made = await makeOrganization(sandbox, { accounts: 127, ous: 20 });
    const { accounts, units, managementAccountId, rootId } = stored(made);
    expect(accounts.size).toBe(127);
    expect(units.size).toBe(20);
    expect(accounts.get(managementAccountId)!.parentId).toBe(rootId);
    const counts = [...units.keys()].map((id) => [...accounts.values()].filter(({ parentId }) => parentId === id).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const initials = new Set([...accounts.values()].map(({ name }) => name[0]!.toLowerCase()));
    expect(initials.size).toBe(26);
    expect(new Set([...accounts.values()].map(({ email }) => email)).size).toBe(127);
  });

  it('the same seed makes the same organization', async () => {
    const shape = async () => {
      await control(sandbox, 'POST', '/reset');
      const made = await makeOrganization(sandbox, { accounts: 30, ous: 4, suspended: 2, brokenMemberRoles: 3, seed: 42 });
      const { accounts, units } = stored(made);
      const facts = [...accounts.values()].map(({ id, name, parentId, state, tags }) => [id, name, parentId, state, [...tags!]]);
      return JSON.stringify([made, facts, [...units]]);
    };
    const first = await shape();
    expect(await shape()).toBe(first);
    await control(sandbox, 'POST', '/reset');
    expect((await makeOrganization(sandbox, { seed: 43 })).organizationId).not.toBe(
      (JSON.parse(first) as [GeneratedOrganization])[0].organizationId,
    );
  });

  it('O1: it can be added as it is: both roles trust the partner, with their external ids only', async () => {
    const made = await makeOrganization(sandbox);
    const { organizationRole, managementAccountId } = made;
    const keys = await assume(sandbox, organizationRole.roleArn, organizationRole.externalId);
    const client = new OrganizationsClient(keysOf(sandbox, keys));
    expect((await client.send(new ListAccountsCommand({}))).Accounts).toHaveLength(8);
    await expect(client.send(new TagResourceCommand({ ResourceId: made.rootId, Tags: [{ Key: 'a', Value: 'b' }] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(assume(sandbox, organizationRole.roleArn, undefined)).rejects.toMatchObject({ name: 'AccessDenied' });
    for (const id of stored(made).accounts.keys()) expect(await letsIn(made, id)).toBe(true);
    expect(await letsIn(made, managementAccountId, organizationRole.externalId)).toBe(false);
  });

  it('O10: suspended members and members without the role are as many as asked for, and different ones', async () => {
    const made = await makeOrganization(sandbox, { accounts: 20, suspended: 3, brokenMemberRoles: 4 });
    let [suspended, broken] = [0, 0];
    for (const { id, state } of stored(made).accounts.values()) {
      const isIn = await letsIn(made, id);
      if (state === 'SUSPENDED') {
        suspended += 1;
        expect(isIn).toBe(false);
        expect(iamState.of(sandbox.world).prepared.has(id)).toBe(true);
      } else if (!isIn) broken += 1;
    }
    expect([suspended, broken]).toEqual([3, 4]);
  });

  it('a role that thousands share is copied into an account on the first read', async () => {
    const made = await makeOrganization(sandbox);
    const [, one, other] = [...stored(made).accounts.keys()];
    const iam = new IAMClient(adminOf(sandbox, one!));
    const keys = await assume(sandbox, `arn:aws:iam::${one}:role/${made.memberRole.roleName}`, made.memberRole.externalId);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: made.memberRole.roleName }));
    expect(Role!.Arn).toBe(`arn:aws:iam::${one}:role/${made.memberRole.roleName}`);
    // The session from before goes on: it is the same role.
    await new IAMClient(keysOf(sandbox, keys)).send(new GetRoleCommand({ RoleName: made.memberRole.roleName }));
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'own',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: one }, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(2);
    expect((await new IAMClient(adminOf(sandbox, other!)).send(new ListRolesCommand({}))).Roles).toHaveLength(1);
    expect(await letsIn(made, one!)).toBe(true);
  });

  it('a management account that has roles already keeps them', async () => {
    const managementAccountId = '222233334444';
    const iam = new IAMClient(adminOf(sandbox, managementAccountId));
    const trust = { Effect: 'Allow', Principal: { AWS: managementAccountId }, Action: 'sts:AssumeRole' };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
    await iam.send(new CreateRoleCommand({ RoleName: 'there-before', AssumeRolePolicyDocument }));
    const made = await makeOrganization(sandbox, { managementAccountId });
    expect(made.managementAccountId).toBe(managementAccountId);
    const names = (await iam.send(new ListRolesCommand({}))).Roles!.map(({ RoleName }) => RoleName);
    expect(names).toEqual(expect.arrayContaining(['there-before', 'organization-reader', 'account-reader']));
    await assume(sandbox, made.organizationRole.roleArn, made.organizationRole.externalId);
    await expect(makeOrganization(sandbox, { managementAccountId })).rejects.toThrow(/in an organization already/);
  });

  it.each([
    [{ accounts: 0 }],
    [{ accounts: 50_001 }],
    [{ ous: 2_001 }],
    [{ depth: 6 }],
    [{ tagsPerAccount: 51 }],
    [{ accounts: 4, suspended: 2, brokenMemberRoles: 2 }],
    [{ managementAccountId: '909090909090' }],
    [{ partition: 'aws-iso' }],
    [{ shape: 'round' }],
  ])('%j is refused', async (body) => {
    const { status, body: answer } = await control(sandbox, 'POST', '/organizations', { accounts: 8, ous: 3, ...body });
    expect(status).toBe(422);
    expect(answer.error).toEqual(expect.any(String));
  });
});

describe('O4: four partitions, and no way from one into another', () => {
  it.each([
    ['aws-us-gov', 'us-gov-west-1'],
    ['aws-cn', 'cn-northwest-1'],
    ['aws-eusc', 'eusc-de-east-1'],
  ])('%s', async (partition, region) => {
    const made = await makeOrganization(sandbox, { partition });
    const user = { ...keysOf(sandbox, made.accessKey!), region };
    expect(made.organizationRole.roleArn).toMatch(new RegExp(`^arn:${partition}:iam::`));
    const keys = await assume(sandbox, made.organizationRole.roleArn, made.organizationRole.externalId, user);
    const inside = { ...keysOf(sandbox, keys), region };
    const { Arn } = await new STSClient(inside).send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(new RegExp(`^arn:${partition}:sts::`));
    const { Organization } = await new OrganizationsClient(inside).send(new DescribeOrganizationCommand({}));
    expect(Organization!.Arn).toMatch(new RegExp(`^arn:${partition}:organizations::`));
    const member = [...stored(made).accounts.keys()].at(-1)!;
    const memberArn = (of: string) => `arn:${of}:iam::${member}:role/${made.memberRole.roleName}`;
    const memberKeys = await assume(sandbox, memberArn(partition), made.memberRole.externalId, user);
    await new IAMClient({ ...keysOf(sandbox, memberKeys), region }).send(new GetRoleCommand({ RoleName: made.memberRole.roleName }));

    await expect(assume(sandbox, memberArn('aws'), made.memberRole.externalId, user)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(new STSClient({ ...inside, region: 'us-east-1' }).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    // The partner's own role is of the partition aws.
    await expect(assume(sandbox, memberArn(partition), made.memberRole.externalId, workerKeys(sandbox))).rejects.toMatchObject({
      name: 'ValidationError',
    });
    // One user for all organizations of a partition.
    expect((await makeOrganization(sandbox, { partition, seed: 2 })).accessKey!.accessKeyId).toBe(made.accessKey!.accessKeyId);
  });
});

it('S1: an organization outlives a restart, and so does a change to it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const dataFile = join(folder, 'world.bin');
  await sandbox.close();
  try {
    sandbox = await startTestSandbox({ dataFile });
    const made = await makeOrganization(sandbox);
    await sandbox.close();
    sandbox = await startTestSandbox({ dataFile });
    const [, member] = [...stored(made).accounts.keys()];
    expect(await letsIn(made, member!)).toBe(true);
    const client = new OrganizationsClient(adminOf(sandbox, made.managementAccountId));
    await client.send(new TagResourceCommand({ ResourceId: member, Tags: [{ Key: 'after', Value: 'restart' }] }));
    await sandbox.close();
    sandbox = await startTestSandbox({ dataFile });
    expect(stored(made).accounts.get(member!)!.tags!.get('after')).toBe('restart');
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
    sandbox = await startTestSandbox();
  }
});
