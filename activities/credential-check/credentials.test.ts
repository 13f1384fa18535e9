import { administrator, organizationOf } from '@muster/aws-sandbox/testing';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { credentialSets } from '../../db/schema/index.ts';
import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { partitions } from '../../domain/aws/arn.ts';
import { organizationRoleActions } from '../../domain/organizations/actions.ts';
import { CALLER_ROLE_ARN } from '../../dev/partner/muster.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { insertSync } from '../../test/support/organizations.ts';
import { credentialsOf, inActivity, SandboxAws, type MadeOrganization } from '../../test/support/sandbox-aws.ts';
import { eraseCredentials } from './erase-credentials.ts';
import { checkAssumeRole } from './check-assume-role.ts';
import { checkDescribeOrganization } from './check-describe-organization.ts';
import { checkScope } from './check-scope.ts';
import { checkSimulate } from './check-simulate.ts';

let registry: TestRegistry;
let cloud: SandboxAws;
beforeAll(async () => {
  [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
});
afterEach(() => cloud.control('DELETE', '/faults'));
afterAll(async () => {
  await cloud?.close();
  await registry?.close();
});

/** Encrypts credentials as a POST does, before anything is registered. */
async function sealed(credentials: OrganizationCredentials): Promise<string> {
  const id = newId();
  const { bytes, keyId } = await registry.sealer.seal(credentials, { table: 'credential_sets', id });
  const { roleArn } = credentials.organizationRole;
  await registry.db
    .insert(credentialSets)
    .values({ id, kind: 'organization', roleArn, sealed: bytes, keyId, expiresAt: new Date(Date.now() + 3_600_000) });
  return id;
}

/** All three checks of a credential set. */
async function check(credentials: OrganizationCredentials) {
  const input = { credentialSetId: await sealed(credentials) };
  const dependencies = cloud.dependencies(registry);
  return {
    assumed: await inActivity(() => checkAssumeRole(dependencies, input)),
    described: await inActivity(() => checkDescribeOrganization(dependencies, input)),
    simulated: await inActivity(() => checkSimulate(dependencies, input)),
  };
}

const failedActions = (items: { passed: boolean; action?: string }[]) => items.filter(({ passed }) => !passed).map(({ action }) => action);
const withRole = (made: MadeOrganization, changes: Partial<OrganizationCredentials['organizationRole']>): OrganizationCredentials => {
  const credentials = credentialsOf(made);
  return { ...credentials, organizationRole: { ...credentials.organizationRole, ...changes } };
};

describe('O5: an organization’s credentials', () => {
  it.each(partitions)('pass in %s if they are complete', async (partition) => {
    const made = await cloud.makeOrganization({ accounts: 2, partition });
    const { assumed, described, simulated } = await check(credentialsOf(made));
    expect(assumed).toMatchObject({ name: 'assume_role', passed: true });
    expect(described.check).toMatchObject({ name: 'describe_organization', passed: true });
    expect(described.organization).toEqual({
      awsOrganizationId: made.organizationId,
      managementAccountId: made.managementAccountId,
      partition,
    });
    expect(simulated.map(({ action }) => action)).toEqual(organizationRoleActions.map(({ action }) => action));
    expect(failedActions(simulated)).toEqual([]);
  });

  it('with a wrong external id fail, and the other checks are not tried', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    const { assumed, described, simulated } = await check(withRole(made, { externalId: 'another-one' }));
    expect(assumed).toMatchObject({ passed: false, message: expect.stringContaining(made.organizationRole.roleArn) });
    expect(assumed.message).not.toContain('another-one');
    expect(described).toMatchObject({ check: { passed: false, message: expect.stringContaining('Not tried') }, organization: null });
    expect(failedActions(simulated)).toHaveLength(organizationRoleActions.length);
  });

  it('fail with the name of each missing action', async () => {
    const missing = ['organizations:ListPolicies', 'organizations:ListTagsForResource'];
    const made = await cloud.makeOrganization({ accounts: 1, withoutActions: missing });
    const { simulated } = await check(credentialsOf(made));
    expect(failedActions(simulated)).toEqual(missing);
    for (const { message } of simulated.filter(({ passed }) => !passed)) expect(message).toContain('No policy of the role allows');
  });

  it('without an optional action pass', async () => {
    const made = await cloud.makeOrganization({
      accounts: 1,
      withoutActions: ['tag:GetResources', 'organizations:ListDelegatedAdministrators'],
    });
    expect(failedActions((await check(credentialsOf(made))).simulated)).toEqual([]);
  });

  it('fail for a role that may not simulate its own permissions', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    await cloud.control('POST', '/faults', { service: 'iam', operation: 'SimulatePrincipalPolicy', kind: 'access_denied' });
    const { simulated } = await check(credentialsOf(made));
    expect(failedActions(simulated)).toHaveLength(organizationRoleActions.length);
    expect(simulated.find(({ action }) => action === 'iam:SimulatePrincipalPolicy')!.message).toContain('not authorized');
  });

  it('are checked with every page of IAM’s answer', async () => {
    const made = await cloud.makeOrganization({ accounts: 1, withoutActions: ['organizations:ListTargetsForPolicy'] });
    const invoked = cloud.aws.iamAs;
    cloud.aws.iamAs = (...as) => {
      const client = invoked(...as);
      client.middlewareStack.add((next) => (call) => next({ ...call, input: { ...call.input, MaxItems: 3 } }), { step: 'initialize' });
      return client;
    };
    try {
      expect(failedActions((await check(credentialsOf(made))).simulated)).toEqual(['organizations:ListTargetsForPolicy']);
    } finally {
      cloud.aws.iamAs = invoked;
    }
  });

  it('O4: with a duration above the role’s maximum fail with that reason', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    const roleName = made.organizationRole.roleArn.split('/').at(-1);
    await cloud.sandbox.world.invoke(
      'iam',
      'UpdateRole',
      { RoleName: roleName, MaxSessionDuration: 3_600 },
      administrator(made.managementAccountId, 'aws'),
    );
    const { assumed } = await check(withRole(made, { durationSeconds: 7_200 }));
    expect(assumed).toMatchObject({ passed: false, message: expect.stringContaining('maximum session duration') });
  });

  it('O3: with unknown access keys fail', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    const accessKey = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret' };
    const { assumed } = await check({ ...credentialsOf(made), accessKey });
    expect(assumed).toMatchObject({ passed: false, message: expect.stringContaining('access key') });
    expect(assumed.message).not.toContain('a-secret');
  });

  it('pass for a role in a member account only once the account is a delegated administrator', async () => {
    const made = await cloud.makeOrganization({ accounts: 2 });
    const tree = organizationOf(cloud.sandbox.world, made.managementAccountId)!;
    const member = [...tree.accounts.keys()].find((id) => id !== made.managementAccountId)!;
    const admin = administrator(member, 'aws');
    const statement = { Effect: 'Allow', Action: ['organizations:*', 'iam:SimulatePrincipalPolicy'], Resource: '*' };
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: CALLER_ROLE_ARN }, Action: 'sts:AssumeRole' }],
    };
    await cloud.sandbox.world.invoke('iam', 'CreateRole', { RoleName: 'Reader', AssumeRolePolicyDocument: JSON.stringify(trust) }, admin);
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await cloud.sandbox.world.invoke('iam', 'PutRolePolicy', { RoleName: 'Reader', PolicyName: 'read', PolicyDocument }, admin);
    const inMember = withRole(made, { roleArn: `arn:aws:iam::${member}:role/Reader` });
    const { assumed, described } = await check(inMember);
    expect(assumed.passed).toBe(true);
    expect(described).toMatchObject({ check: { passed: false, message: expect.stringContaining('delegated administrator') } });

    const registration = { AccountId: member, ServicePrincipal: 'account.amazonaws.com' };
    const management = administrator(made.managementAccountId, 'aws');
    await cloud.sandbox.world.invoke('organizations', 'RegisterDelegatedAdministrator', registration, management);
    const again = await check(inMember);
    expect([again.assumed.passed, again.described.check.passed, failedActions(again.simulated)]).toEqual([true, true, []]);
    expect(again.described.organization).toEqual({
      awsOrganizationId: made.organizationId,
      managementAccountId: made.managementAccountId,
      partition: 'aws',
    });
  });

  it('fail in an account outside of any organization', async () => {
    const account = '700000000001';
    const admin = administrator(account, 'aws');
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: CALLER_ROLE_ARN }, Action: 'sts:AssumeRole' }],
    };
    await cloud.sandbox.world.invoke('iam', 'CreateRole', { RoleName: 'Alone', AssumeRolePolicyDocument: JSON.stringify(trust) }, admin);
    const made = await cloud.makeOrganization({ accounts: 1 });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'organizations:*', Resource: '*' }],
    });
    await cloud.sandbox.world.invoke('iam', 'PutRolePolicy', { RoleName: 'Alone', PolicyName: 'read', PolicyDocument }, admin);
    const { described } = await check(withRole(made, { roleArn: `arn:aws:iam::${account}:role/Alone` }));
    expect(described).toMatchObject({ check: { passed: false, message: expect.stringContaining('no organization') }, organization: null });
  });

  it('fail for no check if a fault is transient', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    await cloud.control('POST', '/faults', { service: 'organizations', kind: 'throttle' });
    await expect(check(credentialsOf(made))).rejects.toMatchObject({ type: 'Throttled' });
  });
});

describe('O5: erasing', () => {
  const isKept = async (id: string) =>
    (await registry.db.select({ id: credentialSets.id }).from(credentialSets).where(eq(credentialSets.id, id))).length > 0;

  it('erases refused credentials; a second run is no fault', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    const [credentialSetId, other] = [await sealed(credentialsOf(made)), await sealed(credentialsOf(made))];
    await eraseCredentials(registry.db, { credentialSetId });
    await eraseCredentials(registry.db, { credentialSetId });
    expect([await isKept(credentialSetId), await isKept(other)]).toEqual([false, true]);
    await expect(inActivity(() => checkAssumeRole(cloud.dependencies(registry), { credentialSetId }))).rejects.toMatchObject({
      type: 'Precondition',
      details: [{ code: 'credentials_erased' }],
    });
  });

  it('keeps a set that an organization has adopted', async () => {
    const { credentialSetId } = await registry.newOrganization();
    await eraseCredentials(registry.db, { credentialSetId });
    expect(await isKept(credentialSetId)).toBe(true);
  });

  it('keeps a set that a delegation request holds for its role', async () => {
    const requestId = await registry.newRequest();
    const { credentialSetId } = await registry.request(requestId);
    await eraseCredentials(registry.db, { credentialSetId: credentialSetId! });
    expect(await isKept(credentialSetId!)).toBe(true);
  });

  it('keeps a set that a preview lists with', async () => {
    const organization = await registry.newOrganization();
    const credentialSetId = await sealed(organization.credentials);
    await insertSync(registry.db, organization, { kind: 'preview', credentialSetId });
    await eraseCredentials(registry.db, { credentialSetId });
    expect(await isKept(credentialSetId)).toBe(true);
  });
});

describe('A3 O8: the units and accounts of a scope', () => {
  function listedBy({ managementAccountId }: MadeOrganization) {
    const { accounts, units } = organizationOf(cloud.sandbox.world, managementAccountId)!;
    return { accounts: [...accounts.keys()], units: [...units.keys()] };
  }

  async function lookUp(made: MadeOrganization, scopeIds: string[]) {
    const input = { credentialSetId: await sealed(credentialsOf(made)), scopeIds };
    return await inActivity(() => checkScope(cloud.dependencies(registry), input));
  }

  it('pass if the organization has them: root, unit, account', async () => {
    const made = await cloud.makeOrganization({ accounts: 3, ous: 1 });
    const { accounts, units } = listedBy(made);
    expect(await lookUp(made, [made.rootId, units[0]!, accounts[1]!])).toEqual([
      { name: 'scope', passed: true, message: expect.any(String) },
    ]);
  });

  it('are named if it does not have them, also those of another organization', async () => {
    const [made, other] = [await cloud.makeOrganization({ accounts: 2, ous: 1 }), await cloud.makeOrganization({ accounts: 2, ous: 1 })];
    const foreign = listedBy(other);
    const ids = [made.rootId, other.rootId, foreign.units[0]!, foreign.accounts[1]!, 'ou-zzzz-00000000', '999988887777'];
    const items = await lookUp(made, ids);
    expect(items.map(({ id, passed }) => [id, passed])).toEqual(ids.slice(1).map((id) => [id, false]));
    expect(items.map(({ message }) => message)).toContain('The organization has no account 999988887777.');
  });

  it('fifty take one attempt at AWS’s own rates', async () => {
    await cloud.control('PUT', '/limits', { mode: 'aws' });
    const made = await cloud.makeOrganization({ accounts: 2 });
    const ids = Array.from({ length: 50 }, (_, number) => `ou-zzzz-${String(number).padStart(8, '0')}`);
    expect(await lookUp(made, ids)).toHaveLength(50);
    await cloud.control('PUT', '/limits', { mode: 'off' });
  });

  it('throttling is no refusal: the check is retried', async () => {
    const made = await cloud.makeOrganization({ accounts: 2 });
    await cloud.control('POST', '/faults', { service: 'organizations', operation: 'ListTagsForResource', kind: 'throttle' });
    await expect(lookUp(made, ['999988887777'])).rejects.toMatchObject({ type: 'Throttled' });
  });
});
