import { STSClient } from '@aws-sdk/client-sts';
import {
  addOrganization,
  administrator,
  attachFullSize,
  attachScp,
  detachScp,
  fullSize,
  organizationOf,
  parentsOf,
  testRoot,
} from '@muster/aws-sandbox/testing';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  allPoliciesListing,
  cloudOrganizations,
  serviceControlPolicies,
  syncAccounts,
  syncOrganizationalUnits,
  syncs,
} from '../../../db/schema/index.ts';
import { CALLER_ROLE_ARN, MUSTER_ACCOUNT } from '../../../dev/partner/muster.ts';
import { partitions } from '../../../domain/aws/arn.ts';
import { wholeOrganization } from '../../../domain/organizations/scope.ts';
import { leakWarnings } from '../../../test/support/leak-warnings.ts';
import { insertMember } from '../../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../../test/support/registry.ts';
import {
  credentialsOf,
  inActivity,
  insertListedSync,
  registerMade,
  SandboxAws,
  type MadeOrganization,
} from '../../../test/support/sandbox-aws.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import type { CheckCounts } from '../../../workflows/contracts/organization-sync.ts';
import { publishTree } from '../plan/publish-tree.ts';
import { newListing, saveListing } from '../inventory/listings.ts';
import { writeAttachments, writePolicies, writePolicyContent } from '../inventory/write-policies.ts';
import { giveUpChecks } from './give-up-checks.ts';
import { checkCloudRole } from '../../role-check/check-cloud-role.ts';
import { checkAccounts } from './check-accounts.ts';

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

/** A listed organization of the sandbox, ready to be checked. */
async function listed(request: Parameters<SandboxAws['makeOrganization']>[0], changes: { durationSeconds?: number } = {}) {
  const made = await cloud.makeOrganization(request);
  const organization = await registerMade(registry, made, request.partition, credentialsOf(made, changes));
  return { made, organization, ...(await insertListedSync(registry, cloud, organization)) };
}

type Tree = ReturnType<typeof treeOf>;
function treeOf(made: MadeOrganization) {
  return organizationOf(cloud.sandbox.world, made.managementAccountId)!;
}

/** As `listed`, with service control policies that the same sync's inventory has read. */
async function listedWithScps(request: Parameters<typeof listed>[0], attach: (tree: Tree, made: MadeOrganization) => void) {
  const ready = await listed(request);
  const tree = treeOf(ready.made);
  attach(tree, ready.made);
  await writeScps(ready.syncId, tree);
  return { ...ready, tree };
}

/** The state of an inventory that has read all SCPs, or only where the customer’s own are attached. */
async function writeScps(syncId: string, tree: Tree, read: 'all' | 'targets' = 'all') {
  await registry.db.transaction(async (tx) => {
    await tx
      .insert(syncOrganizationalUnits)
      .values([
        { syncId, ouId: tree.rootId, parentId: null, name: 'Root' },
        ...[...tree.units.values()].map(({ id, name, parentId }) => ({ syncId, ouId: id, parentId, name })),
      ])
      .onConflictDoNothing();
    await writePolicies(
      tx,
      syncId,
      [...tree.policies.values()].map(({ id, name, awsManaged }) => ({ policyId: id, name, description: null, awsManaged })),
    );
    for (const { id, content, awsManaged } of tree.policies.values()) if (!awsManaged) await writePolicyContent(tx, syncId, id, content);
    const isOwn = (id: string) => !tree.policies.get(id)!.awsManaged;
    const own = [...tree.attachments].filter(([, ids]) => ids.some(isOwn));
    await writeAttachments(
      tx,
      syncId,
      own.flatMap(([targetId, ids]) => ids.filter((id) => read === 'all' || isOwn(id)).map((policyId) => ({ policyId, targetId }))),
    );
    if (read === 'all') await saveListing(tx, syncId, allPoliciesListing, { ...newListing(), completed: true });
  });
}

const check = (syncId: string, to: number, from = 1): Promise<CheckCounts> =>
  inActivity(() => checkAccounts(cloud.dependencies(registry), { syncId, from, to }));

async function outcomes(syncId: string) {
  return await registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId)).orderBy(syncAccounts.number);
}

async function countsOf(syncId: string) {
  const [sync] = await registry.db.select({ counts: syncs.counts }).from(syncs).where(eq(syncs.id, syncId));
  return sync!.counts;
}

const none: CheckCounts = { ok: 0, warning: 0, accessDenied: 0, skipped: 0, deferred: 0, retryAfterMs: 0 };

describe('checking a batch', () => {
  it('C7: a member role with a path is assumed and simulated by the ARN that carries it', async () => {
    const made = await cloud.makeOrganization({ accounts: 3, memberRoleName: 'audit', memberRolePath: '/team/security/' });
    const check3 = async (roleName: string) => {
      const named = { ...made, memberRole: { ...made.memberRole, roleName } };
      const { syncId, last } = await insertListedSync(registry, cloud, await registerMade(registry, named, 'aws', credentialsOf(named)));
      return await check(syncId, last);
    };
    expect(await check3('team/security/audit')).toEqual({ ...none, ok: 3 });
  });

  it('O10: reports a broken member role with its reason, and does not affect other accounts', async () => {
    const { syncId, last } = await listed({ accounts: 25, brokenMemberRoles: 3, suspended: 2 });
    expect(await check(syncId, last)).toEqual({ ...none, ok: 20, accessDenied: 3, skipped: 2 });
    const rows = await outcomes(syncId);
    const denied = rows.filter(({ status }) => status === 'access_denied');
    expect(denied).toHaveLength(3);
    for (const { statusReason, accountId, checkState, checkedAt } of denied) {
      expect(statusReason).toMatchObject({ code: 'role_refused', message: expect.stringContaining(accountId) });
      expect([checkState, checkedAt instanceof Date]).toEqual(['done', true]);
    }
    expect(rows.filter(({ status }) => status === 'ok').every(({ statusReason }) => statusReason === null)).toBe(true);
  });

  it('C2, O18: never checks suspended accounts', async () => {
    const { syncId, last } = await listed({ accounts: 6, suspended: 5 });
    await cloud.control('DELETE', '/calls');
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, skipped: 5 });
    // One account, with and without the external id.
    expect(await cloud.control('GET', '/calls')).toMatchObject({ sts: { AssumeRole: { count: 2 } } });
  });

  it('O9: checks and counts nothing twice in two runs', async () => {
    const { syncId, last } = await listed({ accounts: 25, brokenMemberRoles: 2 });
    expect(await check(syncId, last)).toMatchObject({ ok: 23, accessDenied: 2 });
    const before = await outcomes(syncId);
    await cloud.control('DELETE', '/calls');
    expect(await check(syncId, last)).toEqual(none);
    expect(await cloud.control('GET', '/calls')).toEqual({});
    expect(await outcomes(syncId)).toEqual(before);
    expect(await countsOf(syncId)).toMatchObject({ checked: 25, ok: 23, warning: 0, accessDenied: 2 });
  });

  it('O9: counts each account once in two concurrent runs', async () => {
    const { syncId, last } = await listed({ accounts: 25 });
    const counts = await Promise.all([check(syncId, last), check(syncId, last)]);
    expect(counts[0].ok + counts[1].ok).toBe(25);
    expect(await countsOf(syncId)).toMatchObject({ checked: 25, ok: 25 });
  });

  it('checks only the accounts of its range', async () => {
    const { syncId } = await listed({ accounts: 10 });
    expect(await check(syncId, 6, 4)).toMatchObject({ ok: 3 });
    const done = (await outcomes(syncId)).filter(({ checkState }) => checkState === 'done').map(({ number }) => number);
    expect(done).toEqual([4, 5, 6]);
  });

  it('O7: decrypts the credentials once a batch', async () => {
    const { syncId, last } = await listed({ accounts: 12 });
    const open = vi.spyOn(registry.sealer, 'open');
    await check(syncId, last);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('S6: leaks no listeners', async () => {
    const { syncId, last } = await listed({ accounts: 25 });
    expect(await leakWarnings(() => check(syncId, last))).toEqual([]);
  });

  it('writes outcomes in groups, not account by account', async () => {
    const { syncId, last } = await listed({ accounts: 25 });
    const write = vi.spyOn(registry.db, 'execute');
    await check(syncId, last);
    expect(write.mock.calls.length).toBeLessThan(10);
  });

  it.each(partitions)('O4: checks accounts of %s with an identity of that partition', async (partition) => {
    const { syncId, last, made } = await listed({ accounts: 4, partition });
    expect(made.accessKey !== undefined).toBe(partition !== 'aws');
    expect(await check(syncId, last)).toEqual({ ...none, ok: 4 });
  });

  it('O8: skips accounts outside of the scope without a call', async () => {
    const { syncId, last, organization, made } = await listed({ accounts: 6 });
    await registry.db
      .update(cloudOrganizations)
      .set({ scope: { ...wholeOrganization, excludeOuIds: [made.rootId] } })
      .where(eq(cloudOrganizations.id, organization.id));
    await cloud.control('DELETE', '/calls');
    expect(await check(syncId, last)).toEqual({ ...none, skipped: 6 });
    expect(await cloud.control('GET', '/calls')).toEqual({});
  });

  it('O8: defers an account if the scope depends on its unknown place', async () => {
    const { syncId, last, organization } = await listed({ accounts: 3 });
    await registry.db
      .update(cloudOrganizations)
      .set({ scope: { ...wholeOrganization, excludeOuIds: ['ou-abcd-12345678'] } })
      .where(eq(cloudOrganizations.id, organization.id));
    await registry.db.update(syncAccounts).set({ ancestors: null }).where(eq(syncAccounts.syncId, syncId));
    expect(await check(syncId, last)).toEqual({ ...none, deferred: 3 });
  });
});

describe('O18: the reason of a refusal, as far as AWS gives one', () => {
  it('a session duration above the role’s maximum', async () => {
    const { syncId, last, organization } = await listed({ accounts: 2 }, { durationSeconds: 7_200 });
    const { world } = cloud.sandbox;
    for (const { accountId } of await outcomes(syncId)) {
      const change = { RoleName: organization.memberRoleName, MaxSessionDuration: 3_600 };
      await world.invoke('iam', 'UpdateRole', change, administrator(accountId, 'aws'));
    }
    expect(await check(syncId, last)).toEqual({ ...none, accessDenied: 2 });
    for (const row of await outcomes(syncId)) expect(row.statusReason).toMatchObject({ code: 'duration_above_maximum' });
  });

  it('an SCP that denies is named with its target, from the snapshot and once it is published', async () => {
    const { syncId, last, tree, made, organization } = await listedWithScps({ accounts: 3 }, (tree, made) =>
      attachScp(tree, made.rootId, { Effect: 'Deny', Action: 'ec2:*', Resource: '*' }, 'no-ec2'),
    );
    await cloud.control('DELETE', '/calls');
    // SCPs do not restrict the management account, so only the other two are simulated without them.
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, warning: 2 });
    const { iam } = (await cloud.control('GET', '/calls')) as { iam: Record<string, { count: number }> };
    // The tags of a role are not read if they decide nothing.
    expect([iam.SimulatePrincipalPolicy!.count, iam.GetRole]).toEqual([5, undefined]);
    const message = (action: string) => `The service control policy no-ec2, attached to the root ${made.rootId}, denies ${action}.`;
    const named = ['ec2:DescribeInstances', 'ec2:DescribeSecurityGroups'].map((action) => ({
      code: 'denied_by_scp',
      action,
      policy: 'no-ec2',
      policyId: 'no-ec2',
      policyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      message: message(action),
    }));
    expect((await outcomes(syncId)).find(({ status }) => status === 'warning')!.warnings).toEqual(named);

    await publishTree(registry.db, { syncId });
    await registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
    const [member] = [...tree.accounts.keys()].filter((id) => id !== made.managementAccountId);
    const cloudId = await insertMember(registry.db, organization, {
      accountId: member!,
      organizationParentId: parentsOf(tree, member!)!.at(-1)!,
    });
    const rechecked = await inActivity(() => checkCloudRole(cloud.dependencies(registry), { cloudId }));
    expect(rechecked).toMatchObject({ status: 'warning', warnings: named });
  });

  it('D5: a denial is named among ten SCPs of 10,240 characters on the root, the unit and the account', async () => {
    let member = '';
    const { syncId, last } = await listedWithScps({ accounts: 2, ous: 1 }, (tree, made) => {
      member = [...tree.accounts.keys()].find((id) => id !== made.managementAccountId)!;
      for (const [place, target] of [made.rootId, tree.accounts.get(member)!.parentId, member].entries())
        attachFullSize(tree, target, place);
      // The last policy of the account itself denies.
      const policy = tree.policies.get('p-large2008')!;
      policy.content = fullSize({ Effect: 'Deny', Action: 'ec2:*', Resource: '*' });
    });
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, warning: 1 });
    const { warnings } = (await outcomes(syncId)).find(({ accountId }) => accountId === member)!;
    expect(warnings!.map(({ code, action, policy }) => [code, action, policy])).toEqual([
      ['denied_by_scp', 'ec2:DescribeInstances', 'p-large2008'],
      ['denied_by_scp', 'ec2:DescribeSecurityGroups', 'p-large2008'],
    ]);
    await publishTree(registry.db, { syncId });
    const [row] = await registry.db.select().from(serviceControlPolicies).where(eq(serviceControlPolicies.policyId, 'p-large2008'));
    expect(row!.content).toHaveLength(10_240);
  });

  it('the documented false positive: an SCP with keys that the simulator cannot know is reported as unverified, with its name and the keys', async () => {
    const condition = { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-central-1'] } };
    const { syncId, last } = await listedWithScps({ accounts: 2 }, (tree, made) =>
      attachScp(tree, made.rootId, { Effect: 'Deny', Action: 'ec2:*', Resource: '*', Condition: condition }, 'two-regions'),
    );
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, warning: 1 });
    const { warnings } = (await outcomes(syncId)).find(({ status }) => status === 'warning')!;
    expect(warnings!.map(({ code, action, policy }) => [code, action, policy])).toEqual([
      ['denied_by_scp_unverified', 'ec2:DescribeInstances', 'two-regions'],
      ['denied_by_scp_unverified', 'ec2:DescribeSecurityGroups', 'two-regions'],
    ]);
    expect(warnings![0]!.message).toContain('depends on aws:RequestedRegion');
  });

  it.each<[string, (syncId: string, tree: Tree) => Promise<void>]>([
    ['nothing', async () => {}],
    ['only where the customer’s own are attached', (syncId, tree) => writeScps(syncId, tree, 'targets')],
  ])('a denial waits to be told while %s is known of the SCPs, and who is denied nothing does not', async (_what, readSome) => {
    const { syncId, last, made } = await listed({ accounts: 2 });
    const tree = treeOf(made);
    attachScp(tree, made.rootId, { Effect: 'Deny', Action: 'kms:*', Resource: '*' }, 'no-kms');
    await readSome(syncId, tree);
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, deferred: 1 });
    const { statusReason } = (await outcomes(syncId)).find(({ checkState }) => checkState === 'deferred')!;
    expect(statusReason!.message).toContain('once all policies are read');
    await writeScps(syncId, tree);
    expect(await check(syncId, last)).toEqual({ ...none, warning: 1 });
    const { warnings } = (await outcomes(syncId)).find(({ status }) => status === 'warning')!;
    expect(warnings!.map(({ code, action, policy }) => [code, action, policy])).toEqual([['denied_by_scp', 'kms:ListKeys', 'no-kms']]);
  });

  it('a recheck before any listing reports a denial without the SCP’s name', async () => {
    const { syncId, last, made } = await listed({ accounts: 2 });
    await registry.db.update(syncs).set({ kind: 'recheck', phase: 'applying' }).where(eq(syncs.id, syncId));
    attachScp(treeOf(made), made.rootId, { Effect: 'Deny', Action: 'kms:*', Resource: '*' });
    await check(syncId, last);
    const { warnings } = (await outcomes(syncId)).find(({ status }) => status === 'warning')!;
    expect(warnings).toMatchObject([{ code: 'denied_by_scp_unverified', action: 'kms:ListKeys' }]);
    expect(warnings![0]).not.toHaveProperty('policy');
  });

  it('gaps of the role’s own policies and of its boundary are reported beside an SCP’s denial, each as such', async () => {
    const { syncId, last, made, organization } = await listedWithScps({ accounts: 2 }, (tree, made) =>
      attachScp(tree, made.rootId, { Effect: 'Deny', Action: ['kms:*', 'ec2:DescribeInstances'], Resource: '*' }, 'no-kms'),
    );
    const boundary = { Effect: 'Allow', NotAction: ['kms:*', 'lambda:*'], Resource: '*' };
    for (const { accountId } of await outcomes(syncId)) {
      const admin = administrator(accountId, 'aws');
      const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const RoleName = organization.memberRoleName;
      const invoke = (operation: string, input: object) => cloud.sandbox.world.invoke('iam', operation, { RoleName, ...input }, admin);
      await cloud.sandbox.world.invoke('iam', 'CreatePolicy', { PolicyName: 'edge', PolicyDocument: document(boundary) }, admin);
      await invoke('PutRolePermissionsBoundary', { PermissionsBoundary: `arn:aws:iam::${accountId}:policy/edge` });
      const deny = { Effect: 'Deny', Action: ['ec2:DescribeInstances', 's3:ListAllMyBuckets'], Resource: '*' };
      await invoke('PutRolePolicy', { PolicyName: 'less', PolicyDocument: document(deny) });
    }
    expect(await check(syncId, last)).toEqual({ ...none, warning: 2 });
    const told = new Map(
      (await outcomes(syncId)).map(({ accountId, warnings }) => [accountId, warnings!.map(({ code, action }) => `${action} ${code}`)]),
    );
    const own = [
      'ec2:DescribeInstances missing_permission',
      'kms:ListKeys denied_by_boundary',
      'lambda:ListFunctions denied_by_boundary',
      's3:ListAllMyBuckets missing_permission',
    ];
    expect(told.get(made.managementAccountId)!.toSorted()).toEqual(own);
    told.delete(made.managementAccountId);
    expect([...told.values()][0]!.toSorted()).toEqual(
      [...own, 'ec2:DescribeInstances denied_by_scp', 'kms:ListKeys denied_by_scp'].toSorted(),
    );
  });

  it('an SCP that exempts the role by its ARN, its organization or its path is no warning: the simulator gets these keys', async () => {
    const { syncId, last, made, organization } = await listed({ accounts: 3 });
    const tree = organizationOf(cloud.sandbox.world, made.managementAccountId)!;
    const spares = (operator: string, key: string, value: string) => ({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { [operator]: { [key]: value } },
    });
    attachScp(tree, made.rootId, spares('ArnNotLike', 'aws:PrincipalArn', `arn:aws:iam::*:role/${organization.memberRoleName}`), 'p-one');
    attachScp(tree, made.rootId, spares('StringNotEquals', 'aws:PrincipalOrgID', made.organizationId), 'p-two');
    attachScp(
      tree,
      made.rootId,
      spares('ForAllValues:StringNotLike', 'aws:PrincipalOrgPaths', `${made.organizationId}/${made.rootId}/*`),
      'p-three',
    );
    expect(await check(syncId, last)).toEqual({ ...none, ok: 3 });
  });

  describe('the role’s own tags', () => {
    const invokeAs = (accountId: string, operation: string, input: Record<string, unknown>) =>
      cloud.sandbox.world.invoke('iam', operation, input, administrator(accountId, 'aws'));
    const kms = { Effect: 'Deny', Action: 'kms:*', Resource: '*' };
    const told = async (syncId: string) =>
      new Map((await outcomes(syncId)).map(({ accountId, warnings }) => [accountId, warnings!.map(({ code, policy }) => [code, policy])]));

    it('decide on an SCP that exempts roles by a tag: a role with it is ok, a role without it is denied', async () => {
      const spare = { ...kms, Condition: { StringNotEquals: { 'aws:PrincipalTag/Purpose': 'audit' } } };
      const ready = await listedWithScps({ accounts: 4 }, (tree, made) => attachScp(tree, made.rootId, spare, 'auditors'));
      const { syncId, last, made, organization } = ready;
      const [spared, other, untagged] = [...ready.tree.accounts.keys()].filter((id) => id !== made.managementAccountId);
      const RoleName = organization.memberRoleName;
      await invokeAs(spared!, 'TagRole', { RoleName, Tags: [{ Key: 'purpose', Value: 'audit' }] });
      await invokeAs(other!, 'TagRole', { RoleName, Tags: [{ Key: 'purpose', Value: 'billing' }] });
      await cloud.control('DELETE', '/calls');
      expect(await check(syncId, last)).toEqual({ ...none, ok: 2, warning: 2 });
      const { iam } = (await cloud.control('GET', '/calls')) as { iam: Record<string, { count: number }> };
      // One simulation and three times two; then one and two more for the tagged role, and none for the untagged.
      expect([iam.SimulatePrincipalPolicy!.count, iam.GetRole!.count]).toEqual([10, 3]);
      const denied = [['denied_by_scp', 'auditors']];
      const warnings = await told(syncId);
      expect([spared, other, untagged].map((accountId) => warnings.get(accountId!))).toEqual([[], denied, denied]);
    });

    it('that AWS does not allow to read leave it unverified', async () => {
      const spare = { ...kms, Condition: { StringNotEquals: { 'aws:PrincipalTag/Purpose': 'audit' } } };
      const { syncId, last } = await listedWithScps({ accounts: 2 }, (tree, made) => attachScp(tree, made.rootId, spare, 'auditors'));
      await cloud.control('POST', '/faults', { service: 'iam', operation: 'GetRole', kind: 'access_denied' });
      expect(await check(syncId, last)).toEqual({ ...none, ok: 1, warning: 1 });
      const { warnings } = (await outcomes(syncId)).find(({ status }) => status === 'warning')!;
      expect(warnings).toMatchObject([{ code: 'denied_by_scp_unverified', policy: 'auditors' }]);
      expect(warnings![0]!.message).toContain('depends on aws:PrincipalTag/Purpose');
    });

    it('decide on a policy of the role that seems to allow the action without them', async () => {
      const { syncId, last, organization } = await listed({ accounts: 2 });
      const RoleName = organization.memberRoleName;
      const statement = { ...kms, Condition: { StringEquals: { 'aws:PrincipalTag/Purpose': 'billing' } } };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const [first, second] = await outcomes(syncId);
      for (const { accountId } of [first!, second!])
        await invokeAs(accountId, 'PutRolePolicy', { RoleName, PolicyName: 'less', PolicyDocument });
      await invokeAs(first!.accountId, 'TagRole', { RoleName, Tags: [{ Key: 'Purpose', Value: 'billing' }] });
      expect(await check(syncId, last)).toEqual({ ...none, ok: 1, warning: 1 });
      expect((await told(syncId)).get(first!.accountId)).toEqual([['missing_permission', undefined]]);
    });
  });

  it('STS that is not active in the Region of the call', async () => {
    const { syncId, last } = await listed({ accounts: 2 });
    await cloud.control('POST', '/faults', { service: 'sts', operation: 'AssumeRole', kind: 'region_disabled' });
    expect(await check(syncId, last)).toEqual({ ...none, accessDenied: 2 });
    for (const row of await outcomes(syncId)) expect(row.statusReason).toMatchObject({ code: 'region_disabled' });
  });

  it('O4: more than an hour for a caller that is a role session itself: AWS limits chained sessions', async () => {
    const { syncId, last } = await listed({ accounts: 2 }, { durationSeconds: 7_200 });
    const { world } = cloud.sandbox;
    const RoleName = CALLER_ROLE_ARN.split('/').at(-1)!;
    const { Role } = await world.invoke<{ Role: { RoleId: string } }>('iam', 'GetRole', { RoleName }, administrator(MUSTER_ACCOUNT));
    const session = world.issueCredentials({
      accountId: MUSTER_ACCOUNT,
      arn: `arn:aws:sts::${MUSTER_ACCOUNT}:assumed-role/${RoleName}/chained`,
      userId: `${Role.RoleId}:chained`,
      principalArn: CALLER_ROLE_ARN,
      kind: 'role-session',
      sessionPolicies: [],
      expiresAt: Date.now() + 3_600_000,
    });
    const credentials = { accessKeyId: session.AccessKeyId, secretAccessKey: session.SecretAccessKey, sessionToken: session.SessionToken };
    const { stsFor } = cloud.aws;
    cloud.aws.stsFor = () => new STSClient({ region: 'us-east-1', credentials });
    try {
      expect(await check(syncId, last)).toEqual({ ...none, accessDenied: 2 });
    } finally {
      cloud.aws.stsFor = stsFor;
    }
    const reasons = (await outcomes(syncId)).map(({ statusReason }) => statusReason);
    for (const reason of reasons)
      expect(reason).toMatchObject({ code: 'chaining_limit', message: expect.stringContaining('3,600 seconds') });
  });

  it('an SCP in the organization of Muster’s own account', async () => {
    const { syncId, last } = await listed({ accounts: 2 });
    const { world } = cloud.sandbox;
    const own = addOrganization(world, { managementAccountId: '770000000001', accounts: { [MUSTER_ACCOUNT]: testRoot } });
    attachScp(own, testRoot, { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' });
    try {
      expect(await check(syncId, last)).toEqual({ ...none, accessDenied: 2 });
    } finally {
      detachScp(own, testRoot);
    }
    for (const row of await outcomes(syncId)) expect(row.statusReason).toMatchObject({ code: 'denied_by_scp' });
  });

  it('the role’s permissions boundary, as opposed to actions that no policy of the role allows', async () => {
    const { syncId, last, organization } = await listed({ accounts: 1 });
    const { accountId } = (await outcomes(syncId))[0]!;
    const admin = administrator(accountId, 'aws');
    const text = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const invoke = (operation: string, input: Record<string, string>) => cloud.sandbox.world.invoke('iam', operation, input, admin);
    const boundary = text({ Effect: 'Allow', NotAction: 'lambda:*', Resource: '*' });
    await invoke('CreatePolicy', { PolicyName: 'edge', PolicyDocument: boundary });
    const RoleName = organization.memberRoleName;
    await invoke('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: `arn:aws:iam::${accountId}:policy/edge` });
    await invoke('PutRolePolicy', {
      RoleName,
      PolicyName: 'less',
      PolicyDocument: text({ Effect: 'Deny', Action: 'kms:*', Resource: '*' }),
    });
    expect(await check(syncId, last)).toEqual({ ...none, warning: 1 });
    expect((await outcomes(syncId))[0]!.warnings!.map(({ code, action }) => [code, action])).toEqual([
      ['missing_permission', 'kms:ListKeys'],
      ['denied_by_boundary', 'lambda:ListFunctions'],
    ]);
  });

  it('A8: a policy that was detached since the last listing is not blamed; the policy that this sync has read is', async () => {
    const { syncId, last, tree, made, organization } = await listedWithScps({ accounts: 2 }, (tree, made) =>
      attachScp(tree, made.rootId, { Effect: 'Deny', Action: 'kms:*', Resource: '*' }, 'old-policy'),
    );
    await publishTree(registry.db, { syncId });
    await registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
    detachScp(tree, made.rootId, 'old-policy');
    attachScp(tree, made.rootId, { Effect: 'Deny', Action: 'kms:*', Resource: '*' }, 'new-policy');
    const next = await insertListedSync(registry, cloud, organization);
    await writeScps(next.syncId, tree);
    await check(next.syncId, last);
    const { warnings } = (await outcomes(next.syncId)).find(({ status }) => status === 'warning')!;
    expect(warnings!.map(({ code, policy }) => [code, policy])).toEqual([['denied_by_scp', 'new-policy']]);
  });

  it('A9: an SCP that denies everything blocks the role: the cloud is denied, and the policy named', async () => {
    const { syncId, last } = await listedWithScps({ accounts: 2 }, (tree, made) =>
      attachScp(tree, made.rootId, { Effect: 'Deny', Action: '*', Resource: '*' }, 'quarantine'),
    );
    // The management account is exempt from SCPs.
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, accessDenied: 1 });
    const { statusReason } = (await outcomes(syncId)).find(({ status }) => status === 'access_denied')!;
    expect(statusReason).toMatchObject({
      code: 'blocked_by_scp',
      message: expect.stringMatching(/quarantine, attached to .*denies iam:SimulatePrincipalPolicy/),
    });
  });

  it('A9: an SCP that may deny the simulation is named if AWS says that an SCP denied it', async () => {
    const { syncId, last } = await listedWithScps({ accounts: 2 }, (tree, made) =>
      attachScp(
        tree,
        made.rootId,
        { Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } } },
        'regions',
      ),
    );
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1, accessDenied: 1 });
    const { statusReason } = (await outcomes(syncId)).find(({ status }) => status === 'access_denied')!;
    expect(statusReason).toMatchObject({
      code: 'blocked_by_scp',
      message: expect.stringMatching(/regions, attached to .*may deny iam:SimulatePrincipalPolicy/),
    });
  });

  it('a role that may not simulate its own permissions is usable, with a warning', async () => {
    const { syncId, last } = await listedWithScps({ accounts: 2 }, () => {});
    await cloud.control('POST', '/faults', { service: 'iam', operation: 'SimulatePrincipalPolicy', kind: 'access_denied' });
    expect(await check(syncId, last)).toEqual({ ...none, warning: 2 });
    expect((await outcomes(syncId))[0]!.warnings).toMatchObject([{ code: 'permissions_unknown', action: 'iam:SimulatePrincipalPolicy' }]);
  });
});

describe('calls that AWS does not answer', () => {
  it('O9: with 5 % throttles, 2 % 5xx and 1 % dropped connections the outcomes are the same in the end', async () => {
    const { syncId, last, organization } = await listed({ accounts: 100, brokenMemberRoles: 7, suspended: 4 });
    await cloud.control('POST', '/faults', { kind: 'throttle', rate: 0.05 });
    await cloud.control('POST', '/faults', { kind: 'error', rate: 0.02 });
    await cloud.control('POST', '/faults', { kind: 'drop', rate: 0.01 });
    const total = { ...none };
    // Like the workflow's rounds, but without a limit: nothing may be lost or counted twice.
    for (let rounds = 0; rounds < 40; rounds += 1) {
      const counts = await check(syncId, last);
      for (const key of ['ok', 'warning', 'accessDenied', 'skipped'] as const) total[key] += counts[key];
      if (counts.deferred === 0) break;
    }
    expect(total).toEqual({ ...none, ok: 89, accessDenied: 7, skipped: 4 });
    await cloud.control('DELETE', '/faults');
    await registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
    const undisturbed = await insertListedSync(registry, cloud, organization);
    await check(undisturbed.syncId, undisturbed.last);
    const shown = async (id: string) =>
      (await outcomes(id)).map(({ accountId, status, statusReason }) => [accountId, status, statusReason]);
    expect(await shown(syncId)).toEqual(await shown(undisturbed.syncId));
  });

  it.each([
    ['sts', 'AssumeRole'],
    ['iam', 'SimulatePrincipalPolicy'],
  ])('E2: a connection that breaks during %s %s defers no account', async (service, operation) => {
    const { syncId, last } = await listed({ accounts: 10 });
    await cloud.control('POST', '/faults', { service, operation, kind: 'drop', times: 1 });
    expect(await check(syncId, last)).toEqual({ ...none, ok: 10 });
  });

  it('O9: a cancelled batch keeps its outcomes and makes no further calls', async () => {
    const { syncId, last, made } = await listed({ accounts: 4 });
    const [slow] = [...treeOf(made).accounts.keys()].filter((id) => id !== made.managementAccountId);
    await cloud.control('POST', '/faults', { service: 'iam', accountId: slow, kind: 'delay', ms: 3_600_000 });
    const environment = new MockActivityEnvironment();
    const batch = environment.run(() => checkAccounts(cloud.dependencies(registry), { syncId, from: 1, to: last }));
    const ended = batch.catch((error: unknown) => error);
    const waiting = async () =>
      (await outcomes(syncId)).filter(({ checkState }) => checkState === 'waiting').map(({ accountId }) => accountId);
    await waitFor('all but the slow account', async () => (await waiting()).length === 1);
    environment.cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect(await waiting()).toEqual([slow]);
    await cloud.control('DELETE', '/faults');
    expect(await check(syncId, last)).toEqual({ ...none, ok: 1 });
  });

  it('O18: throttling defers an account with its reason, and giving up keeps the reason', async () => {
    const { syncId, last } = await listed({ accounts: 2 });
    await cloud.control('POST', '/faults', { service: 'sts', kind: 'throttle' });
    expect(await check(syncId, last)).toEqual({ ...none, deferred: 2 });
    expect(await giveUpChecks(registry.db, { syncId })).toEqual({ deferred: 2 });
    expect(await giveUpChecks(registry.db, { syncId })).toEqual({ deferred: 2 });
    for (const row of await outcomes(syncId)) {
      expect(row).toMatchObject({ checkState: 'deferred', status: 'pending', statusReason: { code: 'throttled' }, checkedAt: null });
    }
    await cloud.control('DELETE', '/faults');
    expect(await check(syncId, last)).toEqual(none);
  });

  it('O3: access keys that AWS does not know fail the batch and no account', async () => {
    const made = await cloud.makeOrganization({ accounts: 3 });
    const credentials = { ...credentialsOf(made), accessKey: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wrong' } };
    const organization = await registerMade(registry, made, 'aws', credentials);
    const { syncId, last } = await insertListedSync(registry, cloud, organization);
    await expect(check(syncId, last)).rejects.toMatchObject({ type: 'AccessDenied', details: [{ code: 'caller_refused' }] });
    expect((await outcomes(syncId)).map(({ checkState }) => checkState)).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('a removed organization fails the batch as such', async () => {
    const { syncId } = await listed({ accounts: 1 });
    await registry.db.delete(syncs).where(eq(syncs.id, syncId));
    await expect(check(syncId, 1)).rejects.toMatchObject({ type: 'Precondition', details: [{ code: 'organization_removed' }] });
  });

  it('D11: a check writes no credentials', async () => {
    const { syncId, last, made } = await listed({ accounts: 3, brokenMemberRoles: 1 }, { durationSeconds: 43_200 });
    await check(syncId, last);
    const [row] = await registry.db.execute<{ text: string }>(
      sql`select string_agg(sync_accounts::text, ' ') as text from ${syncAccounts} where sync_id = ${syncId}`,
    );
    expect(row!.text).toContain('role_refused');
    expect(row!.text).not.toContain(made.memberRole.externalId);
  });
});
