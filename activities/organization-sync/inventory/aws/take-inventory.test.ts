import { addOrganizationRole, administrator, attachFullSize, treeChanged, attachScp } from '@muster/aws-sandbox/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { gate } from '../../../../test/support/gate.ts';
import { allPoliciesListing, cloudOrganizations, syncAccounts, syncListings, syncs } from '../../../../db/schema/index.ts';
import { CALLER_ROLE_ARN } from '../../../../dev/partner/muster.ts';
import { partitions } from '../../../../domain/aws/arn.ts';
import { expectedSnapshot, InventoryBench, type RunningInventory } from '../../../../test/support/inventory.ts';
import { startTestRegistry } from '../../../../test/support/registry.ts';
import { reseal, SandboxAws, credentialsOf } from '../../../../test/support/sandbox-aws.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';

let bench: InventoryBench;
const usual = {
  paths: 'account',
  state: true,
  status: true,
  emptyPageEvery: 25,
  tokenSeconds: 600,
  tagging: { lagSeconds: 0, missingAccountIds: [] },
};
const settings = (changes: object) => bench.cloud.control('PUT', '/organizations/settings', changes);
const fault = (body: object) => bench.cloud.control('POST', '/faults', body);

/** The failure of a run; null if it succeeds. */
const endOf = (run: RunningInventory) =>
  run.result.then(
    () => null,
    (error: unknown) => error,
  );

/** Waits until the snapshot has this many pages of accounts. */
const pagesListed = (syncId: string, pages: number) =>
  waitFor(`${pages} pages of accounts`, async () => ((await bench.listing(syncId, 'accounts'))?.pages ?? 0) >= pages, 20_000);

/** Records the parents of both calls that list units, and holds ListRoots until `mayListRoots`. */
function hearParents(mayListRoots: Promise<void>): { children: string[]; units: string[] } {
  const asked = { children: [] as string[], units: [] as string[] };
  hearCalls(async (commandName, { ParentId }) => {
    if (commandName === 'ListRootsCommand') await mayListRoots;
    if (commandName === 'ListChildrenCommand') asked.children.push(ParentId!);
    if (commandName === 'ListOrganizationalUnitsForParentCommand') asked.units.push(ParentId!);
  });
  return asked;
}

/** Lets `hear` note or hold each call to Organizations before it leaves. */
function hearCalls(hear: (commandName: string, input: { ParentId?: string; NextToken?: string }) => Promise<void>): void {
  const { organizationsAs } = bench.cloud.aws;
  vi.spyOn(bench.cloud.aws, 'organizationsAs').mockImplementation((...how) => {
    const client = organizationsAs(...how);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (call) => {
          await hear(commandName, call.input as { ParentId?: string; NextToken?: string });
          return await next(call);
        },
      { step: 'initialize' },
    );
    return client;
  });
}

beforeAll(async () => {
  const [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
  bench = new InventoryBench(registry, cloud);
  await bench.keepRates('off');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bench.keepRates('off');
  await bench.cloud.control('DELETE', '/faults');
  await bench.cloud.control('DELETE', '/calls');
  await settings(usual);
});
afterAll(async () => {
  await bench?.cloud.close();
  await bench?.registry.close();
});

describe('the snapshot', { timeout: 60_000 }, () => {
  it('O9: holds every account once, with its place and tags, every unit, and the policies, and signals its progress', async () => {
    await bench.keepRates('aws');
    const { organization, real } = await bench.make({ accounts: 127, ous: 20, depth: 5, suspended: 5 });
    const syncId = await bench.sync(organization);
    const run = bench.start(syncId);
    expect(await run.result).toEqual({ lastNumber: 127, organizationalUnits: 20, policies: 1, tagSource: 'tagging' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(run.signals[0]).toBeLessThanOrEqual(20);
    expect(run.signals.at(-1)).toBe(127);
    expect(run.signals).toEqual([...run.signals].sort((a, b) => a - b));
    const [sync] = await bench.registry.db.select().from(syncs).where(eq(syncs.id, syncId));
    expect(sync!.listingCompletedAt).toBeInstanceOf(Date);
    expect(sync!.counts.listed).toBe(127);
  });

  it('O9: needs no superfluous call', async () => {
    await bench.keepRates('aws');
    const { organization, real } = await bench.make({ accounts: 127, ous: 20, tagsPerAccount: 3 });
    await settings({ emptyPageEvery: 0 });
    const roots = gate();
    const asked = hearParents(roots.opened);
    const syncId = await bench.sync(organization);
    const run = bench.start(syncId);
    // The places of the first accounts show which units have units under them.
    await pagesListed(syncId, 1);
    roots.open();
    await run.result;
    const { ListOrganizationalUnitsForParent = 0, ListChildren = 0, ...others } = await bench.calls();
    const parents = new Set([...real.units.values()].map(({ parentId }) => parentId));
    const both = asked.children.filter((id) => asked.units.includes(id));
    // One of the two calls handles each root and unit. ListChildren returns no names, so a unit that proves to be a
    // parent needs the other call, too.
    expect(ListOrganizationalUnitsForParent + ListChildren).toBe(21 + both.length);
    expect(both.filter((id) => !parents.has(id) || id === real.rootId)).toEqual([]);
    expect(new Set([...asked.children, ...asked.units])).toEqual(new Set([real.rootId, ...real.units.keys()]));
    expect(ListOrganizationalUnitsForParent).toBeGreaterThan(0);
    expect(ListChildren).toBeGreaterThan(0);
    expect(others).toEqual({
      DescribeOrganization: 1,
      ListRoots: 1,
      ListAccounts: 7,
      ListPolicies: 1,
      GetResources: 2,
      // One account that the tagging API knows; it knows all accounts.
      ListTagsForResource: 1,
    });
  });

  it('O9: lists the root once, however late ListRoots answers', async () => {
    const { organization, real } = await bench.make({ accounts: 60, ous: 8 });
    // All accounts hang from the root, so no place shows a unit.
    for (const account of real.accounts.values()) account.parentId = real.rootId;
    treeChanged(real);
    const roots = gate();
    const asked = hearParents(roots.opened);
    const syncId = await bench.sync(organization);
    const run = bench.start(syncId);
    await waitFor('the accounts, and the tree below the root', async () => {
      const { completedAt } = (await bench.listing(syncId, 'accounts')) ?? { completedAt: null };
      return completedAt !== null && new Set([...asked.children, ...asked.units]).size === 9;
    });
    roots.open();
    await run.result;
    expect([...asked.children, ...asked.units].filter((id) => id === real.rootId)).toEqual([real.rootId]);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('O9: is the same for a role without the right to check for leaves, with one call per parent', async () => {
    const { organization, real } = await bench.make({ accounts: 60, ous: 20, depth: 3, withoutActions: ['organizations:ListChildren'] });
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect((await bench.calls())['ListOrganizationalUnitsForParent']).toBe(21);
  });

  it('O9: numbers accounts without gaps, and empty pages with a token end nothing', async () => {
    await settings({ emptyPageEvery: 2 });
    const { organization, real } = await bench.make({ accounts: 90, ous: 4 });
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    const rows = await bench.registry.db.select({ number: syncAccounts.number }).from(syncAccounts).where(eq(syncAccounts.syncId, syncId));
    expect(rows.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_unused, index) => index + 1));
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('O15: keeps two units of one name, and units five deep, apart', async () => {
    const { organization, real } = await bench.make({ accounts: 12, ous: 5, depth: 5 });
    const ids = ['ou-test-aaaaaaaa', 'ou-test-bbbbbbbb', 'ou-test-cccccccc', 'ou-test-dddddddd', 'ou-test-eeeeeeee'];
    for (const [depth, id] of ids.entries()) real.units.set(id, { id, name: 'Same', parentId: ids[depth - 1] ?? real.rootId });
    real.units.set('ou-test-ffffffff', { id: 'ou-test-ffffffff', name: 'Same', parentId: real.rootId });
    const [first] = [...real.accounts.values()].slice(-1);
    first!.parentId = ids[4]!;
    treeChanged(real);
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('O15: has the contents of attached policies, and does not list the targets of FullAWSAccess', async () => {
    const { organization, real } = await bench.make({ accounts: 50, ous: 6 });
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
    const [account] = [...real.accounts.keys()].slice(-1);
    attachScp(real, [...real.units.keys()][2]!, deny, 'p-onunit00');
    attachScp(real, account!, deny, 'p-onaccount');
    real.policies.set('p-nowhere0', { ...real.policies.get('p-onunit00')!, id: 'p-nowhere0', name: 'nowhere' });
    treeChanged(real);
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ policies: 4 });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(await bench.calls()).toMatchObject({ ListTargetsForPolicy: 3, ListPoliciesForTarget: 2, DescribePolicy: 2 });
  });

  it('D5: reads SCPs of 10,240 characters, ten on each root, unit and account of a path', async () => {
    const { organization, real } = await bench.make({ accounts: 4, ous: 2 });
    const account = [...real.accounts.keys()].find((id) => id !== real.managementAccountId)!;
    for (const [place, target] of [real.rootId, real.accounts.get(account)!.parentId, account].entries())
      attachFullSize(real, target, place);
    treeChanged(real);
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ policies: 28 });
    const snapshot = await bench.snapshot(syncId);
    expect(snapshot).toEqual(expectedSnapshot(real));
    expect((snapshot.policies as { content: string | null }[]).filter(({ content }) => content?.length === 10_240)).toHaveLength(27);
    expect(snapshot.attachments).toHaveLength(30);
  });

  it.each(partitions)('O4: %s is read at its own endpoint', async (partition) => {
    const { organization, real } = await bench.make({ accounts: 25, ous: 3, partition });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ lastNumber: 25, tagSource: 'tagging' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('O3: is the same for a delegated administrator’s role, without the tagging API, which returns nothing to it', async () => {
    const { made, organization, real } = await bench.make({ accounts: 30, ous: 3 });
    const [delegate] = [...real.accounts.keys()].slice(-1);
    real.delegatedAdministrators.set(delegate!, new Map([['account.amazonaws.com', Date.now()]]));
    const { world } = bench.cloud.sandbox;
    const [, roleName] = made.organizationRole.roleArn.split('/') as [string, string];
    const { externalId } = made.organizationRole;
    addOrganizationRole(world, delegate!, { roleName, externalId, callerArn: CALLER_ROLE_ARN });
    const roleArn = made.organizationRole.roleArn.replace(made.managementAccountId, delegate!);
    const credentials = credentialsOf({ ...made, organizationRole: { roleArn, externalId } });
    await reseal(bench.registry, organization.credentialSetId, credentials);
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ lastNumber: 30, tagSource: 'organizations' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });
});

describe('optional parts of AWS’s answers', { timeout: 60_000 }, () => {
  it('O9: without Paths, places come from the tree', async () => {
    await settings({ paths: 'off' });
    const { organization, real } = await bench.make({ accounts: 60, ous: 6 });
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(await bench.calls()).toMatchObject({ ListAccountsForParent: 7 });
    expect((await bench.calls()).ListParents).toBeUndefined();
  });

  it('O9: without Paths, the parents of accounts are read if there are fewer accounts than units', async () => {
    await settings({ paths: 'off' });
    const { organization, real } = await bench.make({ accounts: 4, ous: 6 });
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(await bench.calls()).toMatchObject({ ListParents: 4 });
  });

  it.each([
    ['State', { state: false }],
    ['Status', { status: false }],
    ['the account’s own id not being in Paths', { paths: 'parent' }],
  ])('C2: %s makes no difference', async (_what, change) => {
    await settings(change);
    const { organization, real } = await bench.make({ accounts: 30, ous: 3, suspended: 4 });
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });
});

describe('tags', { timeout: 60_000 }, () => {
  it('B4: without the tagging API, each account’s tags are read, page by page', async () => {
    const { organization, real } = await bench.make({ accounts: 30, ous: 2, tagsPerAccount: 45, withoutActions: ['tag:GetResources'] });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ tagSource: 'organizations' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('B4: accounts that the tagging API does not know have no tags', async () => {
    const { organization, real } = await bench.make({ accounts: 30, ous: 2, tagsPerAccount: 0 });
    const [tagged] = [...real.accounts.values()].slice(-1);
    tagged!.tags = new Map([['team', 'blue']]);
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ tagSource: 'tagging' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(await bench.calls()).toMatchObject({ ListTagsForResource: 2 });
  });

  it('B4: an index that lacks accounts is detected and not used', async () => {
    const { organization, real } = await bench.make({ accounts: 30, ous: 2 });
    await settings({ tagging: { missingAccountIds: [...real.accounts.keys()].slice(0, 20) } });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ tagSource: 'organizations' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('E3: the index is verified with accounts that are listed already, before the last page', async () => {
    const { organization, real } = await bench.make({ accounts: 60, ous: 2, tagsPerAccount: 0 });
    // Each page has accounts with tags and accounts without.
    [...real.accounts.values()].forEach((account, index) => {
      if (index % 2 === 0) account.tags = new Map([['team', 'blue']]);
    });
    const verified = gate();
    let samples = 0;
    hearCalls(async (commandName, { NextToken }) => {
      if (commandName === 'ListAccountsCommand' && NextToken !== undefined) await verified.opened;
      if (commandName === 'ListTagsForResourceCommand' && (samples += 1) === 2) verified.open();
    });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ lastNumber: 60, tagSource: 'tagging' });
    expect(samples).toBe(2);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('E3: an index that lacks accounts of the last page only is detected and not used', async () => {
    const { organization, real } = await bench.make({ accounts: 60, ous: 2 });
    await settings({ tagging: { missingAccountIds: [...real.accounts.keys()].slice(-20) }, emptyPageEvery: 0 });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ tagSource: 'organizations' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('B4: an index that lags is detected and not used', async () => {
    const { organization, real } = await bench.make({ accounts: 30, ous: 2 });
    const management = administrator(real.managementAccountId);
    for (const ResourceId of real.accounts.keys()) {
      const change = { ResourceId, Tags: [{ Key: 'changed', Value: 'just now' }] };
      await bench.cloud.sandbox.world.invoke('organizations', 'TagResource', change, management);
    }
    await settings({ tagging: { lagSeconds: 600 } });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ tagSource: 'organizations' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('B4: a tagging API that always fails does not fail the sync', async () => {
    const { organization, real } = await bench.make({ accounts: 10, ous: 2 });
    await fault({ service: 'tagging', kind: 'access_denied' });
    const syncId = await bench.sync(organization);
    expect(await bench.take(syncId)).toMatchObject({ tagSource: 'organizations' });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });
});

describe('refusals and faults', { timeout: 120_000 }, () => {
  it('O17: a denial on page 3 is AccessDenied, and the listing is not complete', async () => {
    const { organization } = await bench.make({ accounts: 127, ous: 3 });
    const syncId = await bench.sync(organization);
    await fault({ operation: 'ListAccounts', kind: 'delay', ms: 300 });
    const run = bench.start(syncId);
    const ended = endOf(run);
    await pagesListed(syncId, 2);
    await fault({ operation: 'ListAccounts', kind: 'access_denied' });
    expect(await ended).toMatchObject({ type: 'AccessDenied', details: [{ awsCode: 'AccessDeniedException' }] });
    const [sync] = await bench.registry.db.select().from(syncs).where(eq(syncs.id, syncId));
    expect(sync!.listingCompletedAt).toBeNull();
    expect((await bench.listing(syncId, 'accounts'))!.completedAt).toBeNull();
  });

  it('O9: throttles, server errors and dropped connections leave the same snapshot', async () => {
    const { organization, real } = await bench.make({ accounts: 300, ous: 25, depth: 4, withoutActions: ['tag:GetResources'] });
    attachScp(real, [...real.units.keys()][1]!, { Effect: 'Deny', Action: 's3:*', Resource: '*' }, 'p-faulty00');
    treeChanged(real);
    for (const [kind, rate] of [
      ['throttle', 0.05],
      ['error', 0.02],
      ['drop', 0.01],
    ] as const) {
      await fault({ service: 'organizations', kind, rate });
    }
    const syncId = await bench.sync(organization);
    await bench.take(syncId);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it('O18: the policies are complete only once the last of their texts is read', async () => {
    const { organization, real } = await bench.make({ accounts: 5, ous: 1 });
    attachScp(real, real.rootId, { Effect: 'Deny', Action: 's3:*', Resource: '*' }, 'p-onroot000');
    const syncId = await bench.sync(organization);
    await fault({ operation: 'DescribePolicy', kind: 'access_denied' });
    await expect(bench.take(syncId)).rejects.toMatchObject({ type: 'AccessDenied' });
    expect(await bench.listing(syncId, allPoliciesListing)).toBeUndefined();
    await bench.cloud.control('DELETE', '/faults');
    await bench.take(syncId);
    expect((await bench.listing(syncId, allPoliciesListing))!.completedAt).toBeInstanceOf(Date);
  });

  it('a refused role fails as such', async () => {
    const { made, organization } = await bench.make({ accounts: 2, ous: 1 });
    const credentials = credentialsOf(made);
    credentials.organizationRole.externalId = 'another-one';
    await reseal(bench.registry, organization.credentialSetId, credentials);
    await expect(bench.take(await bench.sync(organization))).rejects.toMatchObject({
      type: 'AccessDenied',
      message: expect.stringContaining(made.organizationRole.roleArn),
      details: [{ code: 'organization_role_refused' }],
    });
  });

  it('O6: a role that has moved to another organization reads nothing into this one', async () => {
    const { organization } = await bench.make({ accounts: 2, ous: 1 });
    const { made: other } = await bench.make({ accounts: 3, ous: 1 });
    await reseal(bench.registry, organization.credentialSetId, credentialsOf(other));
    const syncId = await bench.sync(organization);
    await expect(bench.take(syncId)).rejects.toMatchObject({ type: 'Precondition', details: [{ code: 'organization_differs' }] });
    expect((await bench.snapshot(syncId)).accounts).toEqual([]);
  });

  it('O13: an organization that was removed fails the inventory', async () => {
    const { organization } = await bench.make({ accounts: 2, ous: 1 });
    const syncId = await bench.sync(organization);
    await bench.registry.db.delete(cloudOrganizations).where(eq(cloudOrganizations.id, organization.id));
    await expect(bench.take(syncId)).rejects.toMatchObject({ type: 'Precondition', details: [{ code: 'organization_removed' }] });
  });
});

describe('resuming after an end', { timeout: 60_000 }, () => {
  /** Cancels an inventory once the listing of its accounts has this many pages. */
  async function interrupt(syncId: string, pages: number): Promise<void> {
    await fault({ operation: 'ListAccounts', kind: 'delay', ms: 300 });
    const run = bench.start(syncId);
    const ended = endOf(run);
    await pagesListed(syncId, pages);
    run.cancel();
    expect(await ended).toMatchObject({ name: 'CancelledFailure' });
    await bench.cloud.control('DELETE', '/faults');
    await bench.cloud.control('DELETE', '/calls');
  }

  it('O9: a retry reads the missing pages, signals what is there, and the snapshot is complete', async () => {
    const { organization, real } = await bench.make({ accounts: 127, ous: 8 });
    const syncId = await bench.sync(organization);
    await interrupt(syncId, 3);
    const { pages } = (await bench.listing(syncId, 'accounts'))!;
    const run = bench.start(syncId);
    expect(await run.result).toMatchObject({ lastNumber: 127, organizationalUnits: 8 });
    expect(run.signals[0]).toBeGreaterThanOrEqual(60);
    // The call in flight at the end of the attempt may count here.
    expect((await bench.calls()).ListAccounts).toBeLessThanOrEqual(8 - pages);
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(await bench.listing(syncId, 'accounts')).toMatchObject({ pass: 1, pages: 7, nextToken: null });
  });

  it('O9: a retry after a complete reading reads nothing again', async () => {
    const { organization, real } = await bench.make({ accounts: 30, ous: 3, withoutActions: ['tag:GetResources'] });
    const syncId = await bench.sync(organization);
    const first = await bench.take(syncId);
    await bench.cloud.control('DELETE', '/calls');
    expect(await bench.take(syncId)).toEqual(first);
    expect(await bench.calls()).toEqual({ DescribeOrganization: 1 });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });

  it.each([
    ['a token that AWS refuses', { nextToken: 'bm90IG91cnM=' }],
    ['a gap of more than ten minutes', { updatedAt: sql`now() - interval '11 minutes'` }],
  ])('O17: %s restarts the listing, and accounts that left since are not listed', async (_what, update) => {
    const { organization, real } = await bench.make({ accounts: 127, ous: 4 });
    const syncId = await bench.sync(organization);
    await interrupt(syncId, 3);
    await bench.registry.db.update(syncListings).set(update).where(eq(syncListings.syncId, syncId));
    const listedFirst = await bench.registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId));
    const left = listedFirst.find(({ accountId }) => accountId !== organization.managementAccountId)!.accountId;
    real.accounts.delete(left);
    treeChanged(real);
    expect(await bench.take(syncId)).toMatchObject({ lastNumber: 127 });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
    expect(await bench.listing(syncId, 'accounts')).toMatchObject({ pass: 2 });
    const rows = await bench.registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId));
    expect(rows.find(({ accountId }) => accountId === left)!.pass).toBeNull();
  });

  it('O9: an account that moves during the sweep is counted once, at its last place', async () => {
    await settings({ paths: 'off' });
    const { organization, real } = await bench.make({ accounts: 60, ous: 3 });
    const syncId = await bench.sync(organization);
    await fault({ operation: 'ListAccountsForParent', kind: 'delay', ms: 300 });
    const run = bench.start(syncId);
    await waitFor('the walk', async () => ((await bench.calls()).ListAccountsForParent ?? 0) > 0, 20_000);
    const [first, second] = [...real.units.keys()];
    for (const account of real.accounts.values()) {
      if (account.parentId === first) account.parentId = second!;
    }
    treeChanged(real);
    expect(await run.result).toMatchObject({ lastNumber: 60 });
    const rows = await bench.registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId));
    expect(rows).toHaveLength(60);
    expect(rows.every(({ ancestors }) => ancestors !== null)).toBe(true);
  });

  it('O9: a worker that lost its attempt writes nothing between the pages of the next', async () => {
    const { organization, real } = await bench.make({ accounts: 127, ous: 4 });
    const syncId = await bench.sync(organization);
    await fault({ operation: 'ListAccounts', kind: 'delay', ms: 300 });
    const lost = bench.start(syncId);
    const ended = endOf(lost);
    await pagesListed(syncId, 2);
    expect(await bench.take(syncId)).toMatchObject({ lastNumber: 127 });
    expect(await ended).toMatchObject({ type: 'Conflict', details: [{ code: 'inventory_overtaken' }] });
    expect(await bench.snapshot(syncId)).toEqual(expectedSnapshot(real));
  });
});
