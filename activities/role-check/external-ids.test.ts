/** Roles that are asked without their external id (A7, D12): members, clouds of their own, and organization roles. */
import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { adminOf } from '@muster/aws-sandbox/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../db/ids.ts';
import { findExternalIds } from '../../db/organizations/external-ids.ts';
import { clouds, credentialSets, externalIdProofs, syncAccounts, syncs } from '../../db/schema/index.ts';
import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { CALLER_ROLE_ARN } from '../../dev/partner/muster.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { insertMember, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import {
  credentialsOf,
  inActivity,
  insertListedSync,
  registerMade,
  reseal,
  SandboxAws,
  type MadeOrganization,
} from '../../test/support/sandbox-aws.ts';
import { checkSimulate } from '../credential-check/check-simulate.ts';
import { checkAccounts } from '../organization-sync/checks/check-accounts.ts';
import { checkCloudRole } from './check-cloud-role.ts';

let registry: TestRegistry;
let cloud: SandboxAws;
beforeAll(async () => {
  [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await cloud.control('DELETE', '/faults');
});
afterAll(async () => {
  await cloud?.close();
  await registry?.close();
});

interface Ready {
  made: MadeOrganization;
  organization: TestOrganization;
}

async function ready(accounts: number, change: (credentials: OrganizationCredentials) => void = () => {}): Promise<Ready> {
  const made = await cloud.makeOrganization({ accounts });
  const credentials = credentialsOf(made);
  change(credentials);
  return { made, organization: await registerMade(registry, made, 'aws', credentials) };
}

/** Makes a role trust Muster's caller without any condition. */
async function dropCondition(roleArn: string): Promise<void> {
  const { accountId, roleName } = parseRoleArn(roleArn)!;
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: CALLER_ROLE_ARN }, Action: 'sts:AssumeRole' },
  });
  await new IAMClient(adminOf(cloud.sandbox, accountId)).send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }));
}

const memberArn = (accountId: string, { made }: Ready) => `arn:aws:iam::${accountId}:role/${made.memberRole.roleName}`;

/** Checks all accounts in a new sync; returns the status and the warnings' codes of each account, and the calls of AssumeRole. */
async function sync(of: Ready) {
  const { syncId, last } = await insertListedSync(registry, cloud, of.organization);
  await cloud.control('DELETE', '/calls');
  await inActivity(() => checkAccounts(cloud.dependencies(registry), { syncId, from: 1, to: last }));
  const rows = await registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId)).orderBy(syncAccounts.number);
  await registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
  const told = rows.map(({ accountId, status, warnings }) => ({ accountId, status, codes: warnings!.map(({ code }) => code) }));
  return { told, rows, calls: await assumed() };
}

async function assumed(): Promise<number> {
  const calls = (await cloud.control('GET', '/calls')) as { sts?: { AssumeRole?: { count: number } } };
  return calls.sts?.AssumeRole?.count ?? 0;
}

/** Makes every proof of a set a day older. */
async function aDayLater(credentialSetId: string): Promise<void> {
  await registry.db
    .update(externalIdProofs)
    .set({ askedAt: sql`${externalIdProofs.askedAt} - interval '24 hours'` })
    .where(eq(externalIdProofs.credentialSetId, credentialSetId));
}

const proofsOf = (credentialSetId: string) =>
  registry.db.select().from(externalIdProofs).where(eq(externalIdProofs.credentialSetId, credentialSetId));

/** A cloud of its own, with the member role of an organization's management account. */
async function ownCloud({ made }: Ready, externalId: string | undefined = made.memberRole.externalId): Promise<string> {
  const id = newId();
  const roleArn = `arn:aws:iam::${made.managementAccountId}:role/${made.memberRole.roleName}`;
  const role = { roleArn, sessionName: 'muster', durationSeconds: 3_600, ...(externalId === undefined ? {} : { externalId }) };
  const { bytes, keyId } = await registry.sealer.seal(role, { table: 'credential_sets', id });
  await registry.db.insert(credentialSets).values({ id, roleArn, sealed: bytes, keyId });
  await registry.db.insert(clouds).values({ id, partition: 'aws', accountId: made.managementAccountId, roleArn, credentialSetId: id });
  return id;
}

const recheck = (cloudId: string) => inActivity(() => checkCloudRole(cloud.dependencies(registry), { cloudId }));

describe('A7, D12: a sync', () => {
  it('warns of each member role that accepts Muster without its external id', async () => {
    const of = await ready(4);
    const open = [...(await sync(of)).told].at(-1)!.accountId;
    await aDayLater(of.organization.credentialSetId);
    await dropCondition(memberArn(open, of));
    const { told, rows } = await sync(of);
    expect(told.filter(({ status }) => status === 'ok')).toHaveLength(3);
    expect(told.find(({ accountId }) => accountId === open)).toEqual({
      accountId: open,
      status: 'warning',
      codes: ['external_id_not_enforced'],
    });
    expect(rows.find(({ accountId }) => accountId === open)!.warnings![0]!.message).toContain(memberArn(open, of));
  });

  it('asks each role at most once a day, and keeps the warning in between', async () => {
    const of = await ready(4);
    await dropCondition(memberArn(of.made.managementAccountId, of));
    const first = await sync(of);
    expect(first.calls).toBe(8);
    const second = await sync(of);
    expect(second.calls).toBe(4);
    expect(second.told).toEqual(first.told);
    expect(second.told.filter(({ status }) => status === 'warning')).toHaveLength(1);
    await aDayLater(of.organization.credentialSetId);
    expect((await sync(of)).calls).toBe(8);
  });

  it('does not ask a role that refuses Muster', async () => {
    const made = await cloud.makeOrganization({ accounts: 3, brokenMemberRoles: 2 });
    const of = { made, organization: await registerMade(registry, made) };
    const { calls } = await sync(of);
    expect(calls).toBe(4);
    expect(await proofsOf(of.organization.credentialSetId)).toHaveLength(1);
  });

  it('keeps the answer of a role whose check fails afterwards, so that it is not asked a second time', async () => {
    const of = await ready(1);
    await cloud.control('POST', '/faults', { service: 'iam', operation: 'SimulatePrincipalPolicy', kind: 'throttle' });
    const { syncId } = await insertListedSync(registry, cloud, of.organization);
    const check = () => inActivity(() => checkAccounts(cloud.dependencies(registry), { syncId, from: 1, to: 1 }));
    expect(await check()).toMatchObject({ deferred: 1 });
    await cloud.control('DELETE', '/faults');
    await cloud.control('DELETE', '/calls');
    expect(await check()).toMatchObject({ ok: 1 });
    expect(await assumed()).toBe(1);
  });

  it('leaves the warning about absent external ids to the organization', async () => {
    const of = await ready(2, ({ memberRole }) => delete memberRole.externalId);
    for (const { accountId } of (await sync(of)).told) await dropCondition(memberArn(accountId, of));
    const { told, calls } = await sync(of);
    expect(told.map(({ status, codes }) => [status, codes])).toEqual([
      ['ok', []],
      ['ok', []],
    ]);
    expect(calls).toBe(2);
  });

  it('survives the erasure of its credentials while it runs', async () => {
    const of = await ready(1);
    const { syncId } = await insertListedSync(registry, cloud, of.organization);
    const dependencies = cloud.dependencies(registry);
    const stsFor = cloud.aws.stsFor.bind(cloud.aws);
    const replacement = newId();
    vi.spyOn(cloud.aws, 'stsFor').mockImplementation((caller) => stsFor(caller));
    const running = inActivity(() => checkAccounts(dependencies, { syncId, from: 1, to: 1 }));
    await vi.waitFor(() => expect(cloud.aws.stsFor).toHaveBeenCalled());
    await registry.db.transaction(async (tx) => {
      const [set] = await tx.select().from(credentialSets).where(eq(credentialSets.id, of.organization.credentialSetId));
      await tx.insert(credentialSets).values({ ...set!, id: replacement });
      await tx.execute(
        sql`update cloud_organizations set credential_set_id = ${replacement} where credential_set_id = ${of.organization.credentialSetId}`,
      );
      await tx.delete(credentialSets).where(eq(credentialSets.id, of.organization.credentialSetId));
    });
    expect(await running).toMatchObject({ ok: 1 });
  });
});

describe('A7: a role proves nothing', () => {
  it.each(['throttle', 'error', 'drop'] as const)('by an answer of the kind %s, and the next check repeats the question', async (kind) => {
    const of = await ready(1);
    const cloudId = await ownCloud(of);
    await dropCondition(memberArn(of.made.managementAccountId, of));
    const tryOnly = cloud.aws.stsFor.bind(cloud.aws);
    // Strikes every call after the first, which is the one with the external id.
    vi.spyOn(cloud.aws, 'stsFor').mockImplementation((caller) => {
      const client = tryOnly(caller);
      const send = client.send.bind(client) as (...args: unknown[]) => Promise<unknown>;
      let calls = 0;
      return Object.assign(Object.create(client) as typeof client, {
        send: async (...args: unknown[]) => {
          calls += 1;
          if (calls === 2) await cloud.control('POST', '/faults', { service: 'sts', operation: 'AssumeRole', kind });
          return await send(...args);
        },
      });
    });
    expect(await recheck(cloudId)).toMatchObject({ status: 'ok', warnings: [] });
    expect(await proofsOf(cloudId)).toEqual([]);
    vi.restoreAllMocks();
    await cloud.control('DELETE', '/faults');
    expect(await recheck(cloudId)).toMatchObject({ status: 'warning', warnings: [{ code: 'external_id_not_enforced' }] });
  });
});

describe('A7: a cloud of its own', () => {
  it('has a warning if its role accepts Muster without the external id, until AWS refuses that', async () => {
    const of = await ready(1);
    const cloudId = await ownCloud(of);
    expect(await recheck(cloudId)).toMatchObject({ status: 'ok', warnings: [] });
    expect(await proofsOf(cloudId)).toMatchObject([{ enforced: true }]);
    await dropCondition(memberArn(of.made.managementAccountId, of));
    await cloud.control('DELETE', '/calls');
    expect(await recheck(cloudId)).toMatchObject({ status: 'ok' });
    expect(await assumed()).toBe(1);
    await aDayLater(cloudId);
    expect(await recheck(cloudId)).toMatchObject({ status: 'warning', warnings: [{ code: 'external_id_not_enforced' }] });
    expect(await recheck(cloudId)).toMatchObject({ status: 'warning', warnings: [{ code: 'external_id_not_enforced' }] });
    expect(await assumed()).toBe(4);
  });

  it('has a warning if Muster has no external id for its role', async () => {
    const of = await ready(1);
    const cloudId = await ownCloud(of, undefined);
    await dropCondition(memberArn(of.made.managementAccountId, of));
    const { externalId: _none, ...role } = { ...credentialsOf(of.made).memberRole, roleArn: memberArn(of.made.managementAccountId, of) };
    const { bytes } = await registry.sealer.seal(role, { table: 'credential_sets', id: cloudId });
    await registry.db.update(credentialSets).set({ sealed: bytes }).where(eq(credentialSets.id, cloudId));
    expect(await recheck(cloudId)).toMatchObject({ status: 'warning', warnings: [{ code: 'external_id_not_enforced' }] });
  });

  it('that its organization released has the warning that the organization had for it', async () => {
    const of = await ready(1, ({ memberRole }) => delete memberRole.externalId);
    await dropCondition(memberArn(of.made.managementAccountId, of));
    const cloudId = await insertMember(registry.db, of.organization, { accountId: of.made.managementAccountId });
    expect(await recheck(cloudId)).toMatchObject({ status: 'ok', warnings: [] });
    await registry.db.update(clouds).set({ managed: false, organizationId: null }).where(eq(clouds.id, cloudId));
    expect(await recheck(cloudId)).toMatchObject({ status: 'warning', warnings: [{ code: 'external_id_not_enforced' }] });
  });
});

describe('A7: an organization', () => {
  const facts = async ({ organization: { credentialSetId } }: Ready) =>
    (await findExternalIds(registry.db, [credentialSetId])).get(credentialSetId)!;
  const check = ({ organization: { credentialSetId } }: Ready) =>
    inActivity(() => checkSimulate(cloud.dependencies(registry), { credentialSetId }));

  it('shows nothing if its roles require their external ids', async () => {
    const of = await ready(1);
    await check(of);
    expect(await facts(of)).toEqual({ absentFrom: [], unenforcedRoleArn: null });
    expect(await proofsOf(of.organization.credentialSetId)).toMatchObject([{ roleArn: of.made.organizationRole.roleArn, enforced: true }]);
  });

  it('shows its role that accepts Muster without the external id, and asks it at most once a day', async () => {
    const of = await ready(1);
    await dropCondition(of.made.organizationRole.roleArn);
    await check(of);
    expect(await facts(of)).toEqual({ absentFrom: [], unenforcedRoleArn: of.made.organizationRole.roleArn });
    await cloud.control('DELETE', '/calls');
    await check(of);
    expect(await assumed()).toBe(1);
  });

  it('shows roles that were given no external id, until they have one', async () => {
    const of = await ready(1, ({ organizationRole, memberRole }) => {
      delete organizationRole.externalId;
      delete memberRole.externalId;
    });
    await dropCondition(of.made.organizationRole.roleArn);
    await check(of);
    expect(await facts(of)).toEqual({ absentFrom: ['organization_role', 'member_role'], unenforcedRoleArn: null });
    await reseal(registry, of.organization.credentialSetId, credentialsOf(of.made));
    await check(of);
    expect(await facts(of)).toEqual({ absentFrom: [], unenforcedRoleArn: of.made.organizationRole.roleArn });
  });
});
