import { asc, eq, like } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../db/ids.ts';
import { badges, cloudOrganizations, clouds, previews, resourceTags, syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { AccountState } from '../../../domain/organizations/account-state.ts';
import { completeScope, judgeScope, type OrganizationScope } from '../../../domain/organizations/scope.ts';
import { OrganizationTree } from '../../../domain/organizations/tree.ts';
import type { TestOrganization } from '../../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../../test/support/registry.ts';
import { applySnapshot, insertSnapshot, testUnits, type SnapshotAccount } from '../../../test/support/snapshots.ts';
import { registerCloud } from '../../delegation-onboarding/register-cloud.ts';
import { beginPlanning } from './begin-planning.ts';
import { planSlice } from './plan-slice.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

const tree = new OrganizationTree(testUnits);
const places = testUnits.map(({ id }) => tree.ancestors(id)!);
const numbers = [0, 1, 2, 3, 4, 5, 6, 7];
let runs = 0;

const anyTags = fc
  .array(fc.tuple(fc.constantFrom('team', 'Team', 'é', '__proto__', 'a:b', 'system.x'), fc.constantFrom('', 'blue', '"\\')))
  .map((tags) => Object.fromEntries(tags));
const anyAccount = fc.record({
  name: fc.constantFrom('Payments', 'dev-1', 'Dev', 'é"\\'),
  state: fc.constantFrom<AccountState>('active', 'active', 'suspended', 'pending_activation'),
  ancestors: fc.constantFrom(...places),
  tags: fc.option(anyTags, { nil: undefined, freq: 4 }),
});
const anyScope = fc.record({
  excludeNamePrefixes: fc.subarray(['dev', 'Pay']),
  includeOuIds: fc.oneof(fc.constant([]), fc.subarray(['r-1', 'ou-1-eng', 'ou-1-ops'])),
  excludeOuIds: fc.subarray(['ou-1-pay', 'ou-1-ops']),
  excluded: fc.subarray([0, 1]),
  autoRemoveSuspended: fc.boolean(),
});
const anyListing = fc.record({
  scope: anyScope,
  listed: fc
    .subarray(numbers)
    .chain((present) => fc.tuple(...present.map((number) => anyAccount.map((account) => ({ number, ...account }))))),
});
const anyHistory = fc.record({
  own: fc.subarray(numbers),
  listings: fc.array(anyListing, { minLength: 1, maxLength: 3 }),
  sliceSize: fc.integer({ min: 1, max: 9 }),
  times: fc.integer({ min: 1, max: 2 }),
  atOnce: fc.integer({ min: 1, max: 4 }),
});

it('O9, O11, O16, B2, E3: for any listing, in any slices, also side by side, the registry becomes the listing in scope, as the preview showed', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async ({ own, listings, sliceSize, times, atOnce }) => {
      runs += 1;
      const prefix = String(710_000_000 + runs);
      const organization = await registry.newOrganization();
      const credentials = new Map<string, string>();
      for (const number of own) credentials.set(...(await onboard(`${prefix}00${number}`)));
      for (const { scope: drawn, listed } of listings) {
        const scope = completeScope({ ...drawn, excludeAccountIds: drawn.excluded.map((number) => `${prefix}00${number}`) });
        await registry.db.update(cloudOrganizations).set({ scope }).where(eq(cloudOrganizations.id, organization.id));
        const accounts = listed.map(({ number, ...account }) => ({ accountId: `${prefix}00${number}`, ...account }));
        const told = await preview(organization, scope, accounts);
        const syncId = await insertSnapshot(registry.db, organization, { accounts });
        await applySnapshot(registry.db, syncId, { sliceSize, times, atOnce });
        expect(await plansOf(syncId)).toEqual(told);
        await expectListing(organization, scope, accounts);
        await expectOwnKept(prefix, credentials);
        const again = Object.values(await preview(organization, scope, accounts));
        expect(again.filter(({ changes }) => changes!.length > 0 && !changes!.includes('exclude'))).toEqual([]);
      }
    }),
    { numRuns: 15 },
  );
}, 300_000);

async function onboard(accountId: string): Promise<[string, string]> {
  const requestId = await registry.newRequest({ accountId, phase: 'verifying' });
  const { credentialSetId } = await registry.request(requestId);
  await registerCloud(registry.db, { requestId });
  return [accountId, credentialSetId!];
}

/** The plan that a preview of this snapshot shows, by account. */
async function preview(organization: TestOrganization, scope: OrganizationScope, accounts: readonly SnapshotAccount[]) {
  const syncId = await insertSnapshot(registry.db, organization, { accounts }, { kind: 'preview' });
  const { nickname, memberRoleName, id: organizationId } = organization;
  await registry.db
    .insert(previews)
    .values({ id: newId(), organizationId, syncId, nickname, memberRoleName, scope, expiresAt: new Date(Date.now() + 60_000) });
  const { lastNumber } = await beginPlanning(registry.db, { syncId });
  await planSlice(registry.db, { syncId, from: 1, to: lastNumber, mode: 'plan' });
  await registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
  return await plansOf(syncId);
}

async function plansOf(syncId: string) {
  const rows = await registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId)).orderBy(asc(syncAccounts.accountId));
  return Object.fromEntries(
    rows.map(({ accountId, changes, rule, removal, badgeChanges }) => {
      const byKey = (badgeChanges ?? []).toSorted((one, other) => (one.key < other.key ? -1 : 1));
      return [accountId, { changes, rule, removal, badgeChanges: byKey }];
    }),
  );
}

/** The managed clouds are the accounts in scope as AWS has them, with their organization's badges and their tags. */
async function expectListing(organization: TestOrganization, scope: OrganizationScope, accounts: readonly SnapshotAccount[]) {
  const wanted = accounts
    .filter((account) => judgeScope(scope, account as Parameters<typeof judgeScope>[1]).verdict === 'in_scope')
    .map(({ accountId, name, state, ancestors }) => ({
      accountId,
      name,
      parent: ancestors!.at(-1),
      path: tree.namesOf(ancestors!),
      status: { active: 'ok', suspended: 'suspended', pending_activation: 'pending' }[state!],
      credentialSetId: organization.credentialSetId,
    }));
  const rows = await registry.db.select().from(clouds).where(eq(clouds.organizationId, organization.id)).orderBy(asc(clouds.accountId));
  expect(
    rows.map(({ accountId, name, organizationParentId: parent, organizationPath: path, status, credentialSetId }) => ({
      ...{ accountId, name, parent, path, status, credentialSetId },
    })),
  ).toEqual(wanted);

  const tagsOf = new Map(accounts.map(({ accountId, tags }) => [accountId, tags]));
  for (const { id, accountId, organizationPath, warnings } of rows) {
    const worn = await pairs(badges, id);
    expect(worn.filter(([key]) => key.startsWith('system.') || key === 'cloud_org_path')).toEqual([
      ['cloud_org_path', organizationPath],
      ['system.cloud_organization', organization.awsOrganizationId],
      ['system.cloud_organization_nickname', organization.nickname],
    ]);
    const stored = await pairs(resourceTags, id);
    const tags = tagsOf.get(accountId);
    if (tags) expect(new Map(stored)).toEqual(new Map(Object.entries(tags)));
    const expected = stored.filter(([key]) => key !== 'system.x');
    expect(worn.filter(([key]) => !key.startsWith('system.') && key !== 'cloud_org_path')).toEqual(expected);
    expect(warnings.map(({ code }) => code)).toEqual(expected.length < stored.length ? ['reserved_tag_key'] : []);
  }
}

async function pairs(table: typeof badges | typeof resourceTags, cloudId: string): Promise<[string, string][]> {
  const rows = await registry.db.select({ key: table.key, value: table.value }).from(table).where(eq(table.cloudId, cloudId));
  return rows.map(({ key, value }): [string, string] => [key, value]).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** An account's own credentials are never lost: they are in use, or asleep under an organization. */
async function expectOwnKept(prefix: string, credentials: ReadonlyMap<string, string>) {
  const rows = await registry.db
    .select()
    .from(clouds)
    .where(like(clouds.accountId, `${prefix}%`));
  for (const [accountId, own] of credentials) {
    const cloud = rows.find((row) => row.accountId === accountId);
    expect(cloud?.managed ? cloud.sleepingCredentialSetId : cloud?.credentialSetId).toBe(own);
  }
  expect(rows.filter(({ managed, accountId }) => !managed && !credentials.has(accountId))).toEqual([]);
}
