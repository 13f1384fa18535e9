import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  organizationalUnits,
  policyAttachments,
  serviceControlPolicies,
  syncAccounts,
  syncAccountTags,
  syncOrganizationalUnits,
  syncPolicies,
  syncPolicyAttachments,
  syncs,
} from '../../../db/schema/index.ts';
import { insertSync, type TestOrganization } from '../../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../../test/support/registry.ts';
import { publishTree } from './publish-tree.ts';
import { reuseSnapshot } from './reuse-snapshot.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

/** A sync with these units, by their parents, and these policies, by their targets. */
async function snapshot(
  organization: TestOrganization,
  { units, policies }: { units: Record<string, string | null>; policies: Record<string, string[]> },
  changes: Parameters<typeof insertSync>[2] = {},
): Promise<string> {
  const { db } = registry;
  const syncId = await insertSync(db, organization, { phase: 'applying', ...changes });
  await db
    .insert(syncOrganizationalUnits)
    .values(Object.entries(units).map(([ouId, parentId]) => ({ syncId, ouId, parentId, name: `Name of ${ouId}` })));
  for (const [policyId, targets] of Object.entries(policies)) {
    await db.insert(syncPolicies).values({ syncId, policyId, name: policyId, awsManaged: false, content: '{}' });
    if (targets.length > 0) await db.insert(syncPolicyAttachments).values(targets.map((targetId) => ({ syncId, policyId, targetId })));
  }
  return syncId;
}

async function published({ id }: TestOrganization) {
  const { db } = registry;
  const units = await db.select().from(organizationalUnits).where(eq(organizationalUnits.organizationId, id));
  const policies = await db.select().from(serviceControlPolicies).where(eq(serviceControlPolicies.organizationId, id));
  const attachments = await db.select().from(policyAttachments).where(eq(policyAttachments.organizationId, id));
  return {
    units: Object.fromEntries(units.map(({ ouId, parentId }) => [ouId, parentId])),
    policies: policies.map(({ policyId }) => policyId).sort(),
    attachments: attachments.map(({ policyId, targetId }) => `${policyId} ${targetId}`).sort(),
  };
}

const end = (syncId: string) => registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));

describe('publishTree', () => {
  it('O15: makes the snapshot’s units, policies and attachments the organization’s, also in two runs; others are deleted', async () => {
    const organization = await registry.newOrganization();
    const before = await snapshot(organization, {
      units: { 'r-1': null, 'ou-a': 'r-1', 'ou-gone': 'r-1' },
      policies: { 'p-1': ['ou-a', 'ou-gone'], 'p-gone': ['r-1'] },
    });
    await publishTree(registry.db, { syncId: before });
    expect(await published(organization)).toEqual({
      units: { 'r-1': null, 'ou-a': 'r-1', 'ou-gone': 'r-1' },
      policies: ['p-1', 'p-gone'],
      attachments: ['p-1 ou-a', 'p-1 ou-gone', 'p-gone r-1'],
    });
    await end(before);
    const after = { units: { 'r-1': null, 'ou-b': 'r-1', 'ou-a': 'ou-b' }, policies: { 'p-1': ['ou-b'], 'p-2': [] } };
    const syncId = await snapshot(organization, after);
    await publishTree(registry.db, { syncId });
    await publishTree(registry.db, { syncId });
    const expected = { units: after.units, policies: ['p-1', 'p-2'], attachments: ['p-1 ou-b'] };
    expect(await published(organization)).toEqual(expected);
    // A late second run of the older sync does not restore the old tree.
    await publishTree(registry.db, { syncId: before });
    expect(await published(organization)).toEqual(expected);
  });

  it('O16: a preview publishes nothing', async () => {
    const organization = await registry.newOrganization();
    const syncId = await snapshot(organization, { units: { 'r-1': null }, policies: {} }, { kind: 'preview' });
    await publishTree(registry.db, { syncId });
    expect((await published(organization)).units).toEqual({});
  });

  it('O13: fails if the organization was removed', async () => {
    await expect(publishTree(registry.db, { syncId: '00000000-0000-7000-8000-000000000000' })).rejects.toMatchObject({
      type: 'Precondition',
      details: [{ code: 'organization_removed' }],
    });
  });
});

describe('reuseSnapshot', () => {
  it('O16: copies the newest complete sync, once, without unlisted clouds', async () => {
    const { db } = registry;
    const organization = await registry.newOrganization();
    const tree = { units: { 'r-1': null, 'ou-a': 'r-1' }, policies: { 'p-1': ['ou-a'] } };
    const older = new Date('2026-01-01T00:00:00Z');
    const newest = new Date('2026-01-02T00:00:00Z');
    await snapshot(organization, { units: { 'r-old': null }, policies: {} }, { phase: 'completed', listingCompletedAt: older });
    const source = await snapshot(organization, tree, { phase: 'completed', listingCompletedAt: newest });
    // Newer syncs without a complete listing or without an end.
    await snapshot(organization, { units: { 'r-half': null }, policies: {} }, { phase: 'completed' });
    await snapshot(organization, { units: { 'r-failed': null }, policies: {} }, { phase: 'failed', listingCompletedAt: new Date() });
    const account = { syncId: source, state: 'active' as const, ancestors: ['r-1', 'ou-a'] };
    await db.insert(syncAccounts).values([
      { ...account, number: 1, accountId: '1', name: 'one', pass: 1, checkState: 'done', status: 'ok', changes: ['add'] },
      { ...account, number: 2, accountId: '2', name: 'departed', pass: null },
      { ...account, number: 3, accountId: '3', name: 'three', pass: 1 },
    ]);
    await db.insert(syncAccountTags).values({ syncId: source, accountId: '1', tags: { team: 'blue' } });

    const preview = await insertSync(db, organization, { kind: 'preview', phase: 'listing' });
    expect(await reuseSnapshot(db, { syncId: preview })).toEqual({ lastNumber: 2 });
    expect(await reuseSnapshot(db, { syncId: preview })).toEqual({ lastNumber: 2 });
    const accounts = await db.select().from(syncAccounts).where(eq(syncAccounts.syncId, preview)).orderBy(syncAccounts.number);
    expect(accounts).toMatchObject([
      { number: 1, accountId: '1', name: 'one', pass: 1, ancestors: ['r-1', 'ou-a'], checkState: 'done', status: 'ok', changes: null },
      { number: 2, accountId: '3' },
    ]);
    expect(await db.select().from(syncAccountTags).where(eq(syncAccountTags.syncId, preview))).toMatchObject([{ tags: { team: 'blue' } }]);
    const units = await db.select().from(syncOrganizationalUnits).where(eq(syncOrganizationalUnits.syncId, preview));
    expect(units.map(({ ouId }) => ouId).sort()).toEqual(['ou-a', 'r-1']);
    expect(await db.$count(syncPolicyAttachments, eq(syncPolicyAttachments.syncId, preview))).toBe(1);
    const [row] = await db.select().from(syncs).where(eq(syncs.id, preview));
    expect(row).toMatchObject({ lastAccountNumber: 2, listingCompletedAt: newest, counts: { listed: 2 } });
  });

  it('O16: returns null without a complete sync', async () => {
    const organization = await registry.newOrganization();
    const preview = await insertSync(registry.db, organization, { kind: 'preview', phase: 'listing' });
    expect(await reuseSnapshot(registry.db, { syncId: preview })).toBeNull();
  });
});
