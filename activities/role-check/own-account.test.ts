import { administrator } from '@muster/aws-sandbox/testing';
import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { syncAccounts, syncs } from '../../db/schema/index.ts';
import { CALLER_ROLE_ARN, MUSTER_ACCOUNT } from '../../dev/partner/muster.ts';
import { insertMember, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import {
  credentialsOf,
  inActivity,
  insertListedSync,
  registerMade,
  SandboxAws,
  type MadeOrganization,
} from '../../test/support/sandbox-aws.ts';
import { createAwsClients, type AwsClients } from '../aws/clients.ts';
import { checkAssumeRole } from '../credential-check/check-assume-role.ts';
import { checkAccounts } from '../organization-sync/checks/check-accounts.ts';
import { connectOrganization } from '../organization-sync/inventory/aws/connect-organization.ts';
import { checkCloudRole } from './check-cloud-role.ts';

let registry: TestRegistry;
let cloud: SandboxAws;
beforeAll(async () => {
  [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
});
let aws: AwsClients | undefined;
afterEach(() => {
  aws?.close();
  aws = undefined;
});
afterAll(async () => {
  await cloud?.close();
  await registry?.close();
});

const dependencies = () => ({ ...cloud.dependencies(registry), aws: aws ?? cloud.aws });

/** A role of Muster's own account that would admit Muster's workers: AWS does not protect it. */
async function addOwnRole(RoleName: string, externalId: string): Promise<string> {
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: CALLER_ROLE_ARN },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': externalId } },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust });
  const admin = administrator(MUSTER_ACCOUNT, 'aws');
  await cloud.sandbox.world.invoke('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument }, admin);
  return `arn:aws:iam::${MUSTER_ACCOUNT}:role/${RoleName}`;
}

/** An organization whose members include Muster's own account, with the member role in it. */
async function withOwnMember(): Promise<{
  organization: TestOrganization;
  roleArn: string;
  syncId: string;
  last: number;
  made: MadeOrganization;
}> {
  const made = await cloud.makeOrganization({ accounts: 2, memberRoleName: `member-${Math.random().toString(36).slice(2)}` });
  const organization = await registerMade(registry, made);
  const roleArn = await addOwnRole(made.memberRole.roleName, made.memberRole.externalId);
  const { syncId, last } = await insertListedSync(registry, cloud, organization);
  const [one] = await registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId));
  // Past its listing, a sync waits for no policies.
  await registry.db.update(syncs).set({ phase: 'applying' }).where(eq(syncs.id, syncId));
  await registry.db.insert(syncAccounts).values({ ...one!, accountId: MUSTER_ACCOUNT, number: last + 1, name: 'Muster' });
  return { organization, roleArn, syncId, last: last + 1, made };
}

async function ownOutcome(syncId: string) {
  const own = and(eq(syncAccounts.syncId, syncId), eq(syncAccounts.accountId, MUSTER_ACCOUNT));
  return (await registry.db.select().from(syncAccounts).where(own))[0]!;
}

const assumptions = async (): Promise<number> => {
  const calls = (await cloud.control('GET', '/calls')) as Record<string, Record<string, { count: number }>>;
  return calls['sts']?.['AssumeRole']?.count ?? 0;
};

it('B3: as a member, Muster’s own account is listed with a warning that says what to do, and its role is not assumed', async () => {
  const { syncId, last, roleArn } = await withOwnMember();
  await cloud.control('DELETE', '/calls');
  const counts = await inActivity(() => checkAccounts(dependencies(), { syncId, from: 1, to: last }));
  expect(counts).toMatchObject({ ok: 2, warning: 1, accessDenied: 0, deferred: 0 });
  expect(await ownOutcome(syncId)).toMatchObject({
    checkState: 'done',
    status: 'warning',
    statusReason: { code: 'own_account', message: expect.stringContaining(`set MUSTER_OWN_ACCOUNT_ROLE on the workers to ${roleArn}`) },
    warnings: [],
  });
  // Each of the other two roles is also asked without its external id.
  expect(await assumptions()).toBe(4);
});

it('B3: a recheck of the cloud says the same', async () => {
  const { organization } = await withOwnMember();
  const cloudId = await insertMember(registry.db, organization, { accountId: MUSTER_ACCOUNT });
  expect(await inActivity(() => checkCloudRole(dependencies(), { cloudId }))).toMatchObject({
    status: 'warning',
    reason: { code: 'own_account' },
    warnings: [],
  });
});

it('B3: MUSTER_OWN_ACCOUNT_ROLE opens exactly one role', async () => {
  const { syncId, last, roleArn } = await withOwnMember();
  const region = { region: 'us-east-1', stackRegion: 'us-east-1' };
  aws = createAwsClients({ ...region, ownAccount: { accountId: MUSTER_ACCOUNT, allowedRoleArn: roleArn } });
  await inActivity(() => checkAccounts(dependencies(), { syncId, from: 1, to: last }));
  expect((await ownOutcome(syncId)).statusReason).toBeNull();

  const other = await withOwnMember();
  await inActivity(() => checkAccounts(dependencies(), { syncId: other.syncId, from: 1, to: other.last }));
  expect((await ownOutcome(other.syncId)).statusReason).toMatchObject({ code: 'own_account' });
});

it('B3: an organization role in Muster’s own account is assumed neither by a check nor by a sync', async () => {
  const made = await cloud.makeOrganization({ accounts: 1 });
  const roleArn = await addOwnRole('organization-reader', made.organizationRole.externalId);
  const credentials = credentialsOf(made);
  const { credentialSetId } = await registerMade(registry, made, 'aws', {
    ...credentials,
    organizationRole: { ...credentials.organizationRole, roleArn },
  });
  expect(await inActivity(() => checkAssumeRole(dependencies(), { credentialSetId }))).toMatchObject({
    passed: false,
    message: expect.stringContaining("Muster's own account"),
  });
  await expect(inActivity(() => connectOrganization(dependencies(), credentialSetId))).rejects.toMatchObject({
    type: 'Precondition',
    message: expect.stringContaining("Muster's own account"),
    details: [{ code: 'organization_role_refused' }],
  });
});
