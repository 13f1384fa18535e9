import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertMember, insertOrganization, insertSync, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { violatedUnique } from '../errors.ts';
import { newId } from '../ids.ts';
import {
  cloudOrganizations,
  clouds,
  policyAttachments,
  previews,
  serviceControlPolicies,
  syncAccounts,
  syncAccountTags,
  syncListings,
  syncs,
} from './index.ts';

let registry: TestRegistry;
let organization: TestOrganization;
beforeAll(async () => {
  registry = await startTestRegistry();
  organization = await registry.newOrganization();
});
afterAll(() => registry.close());

/** The constraint that a write violates; null if it succeeds. */
async function refusedBy(write: Promise<unknown>): Promise<string | null> {
  try {
    await write;
    return null;
  } catch (error) {
    return violatedUnique(error) ?? String((error as { cause?: { constraint?: string } }).cause?.constraint);
  }
}

describe('the database refuses', () => {
  it('O6: the same organization twice, even with other credentials and another nickname', async () => {
    const again = insertOrganization(registry.db, registry.sealer, {
      awsOrganizationId: organization.awsOrganizationId,
      nickname: 'Another',
    });
    expect(await refusedBy(again)).toBe('cloud_organizations_aws_id_key');
  });

  it('D1: the nickname of an organization', async () => {
    expect(await refusedBy(insertOrganization(registry.db, registry.sealer, { nickname: organization.nickname.toUpperCase() }))).toBe(
      'nicknames_pkey',
    );
  });

  it('O19: two running pieces of work, or two queued ones of the same kind', async () => {
    const mine = await registry.newOrganization();
    await insertSync(registry.db, mine, { phase: 'listing' });
    expect(await refusedBy(insertSync(registry.db, mine, { kind: 'badging', phase: 'badging' }))).toBe('syncs_running_key');
    expect(await refusedBy(insertSync(registry.db, mine))).toBeNull();
    expect(await refusedBy(insertSync(registry.db, mine))).toBe('syncs_queued_key');
    expect(await refusedBy(insertSync(registry.db, mine, { kind: 'recheck' }))).toBeNull();
    expect(await refusedBy(insertSync(registry.db, mine, { phase: 'completed' }))).toBeNull();
    // Two people may request two previews, and a preview of an older snapshot runs at any time.
    expect(await refusedBy(insertSync(registry.db, mine, { kind: 'preview' }))).toBeNull();
    expect(await refusedBy(insertSync(registry.db, mine, { kind: 'preview' }))).toBeNull();
    expect(await refusedBy(insertSync(registry.db, mine, { kind: 'preview', phase: 'applying' }))).toBeNull();
  });

  it('O12: a managed cloud without an organization, and an unmanaged cloud with one', async () => {
    expect(await refusedBy(insertMember(registry.db, organization, { organizationId: null }))).toBe('clouds_managed_by_organization');
    expect(await refusedBy(insertMember(registry.db, organization, { managed: false }))).toBe('clouds_managed_by_organization');
  });

  it('O11: unused credentials of an unmanaged cloud', async () => {
    const change = { managed: false, organizationId: null, sleepingCredentialSetId: organization.credentialSetId };
    expect(await refusedBy(insertMember(registry.db, organization, change))).toBe('clouds_sleep_while_managed');
  });

  it('O13: the deletion of an organization that still has clouds', async () => {
    await insertMember(registry.db, organization);
    const gone = registry.db.delete(cloudOrganizations).where(eq(cloudOrganizations.id, organization.id));
    expect(await refusedBy(gone)).toBe('clouds_organization_id_cloud_organizations_id_fk');
  });

  it('O9: an account twice in one sync, and two accounts with one number', async () => {
    const syncId = await insertSync(registry.db, organization, { phase: 'completed' });
    const account = { syncId, number: 1, accountId: '1', name: 'one', state: 'active' as const };
    await registry.db.insert(syncAccounts).values(account);
    expect(await refusedBy(registry.db.insert(syncAccounts).values({ ...account, number: 2 }))).toBe('sync_accounts_sync_id_account_id_pk');
    expect(await refusedBy(registry.db.insert(syncAccounts).values({ ...account, accountId: '2' }))).toBe('sync_accounts_number_key');
  });
});

it('deleting a sync deletes its snapshot and its preview', async () => {
  const syncId = await insertSync(registry.db, organization, { kind: 'preview' });
  await registry.db.insert(syncAccounts).values({ syncId, number: 1, accountId: '1', name: 'one', state: 'active' });
  await registry.db.insert(syncAccountTags).values({ syncId, accountId: '1', tags: { 'a:/Ü': '' } });
  await registry.db.insert(syncListings).values({ syncId, listing: 'accounts', nextToken: 'token' });
  await registry.db.insert(previews).values({
    id: newId(),
    syncId,
    nickname: 'Preview',
    memberRoleName: 'Role',
    scope: (await registry.db.select().from(cloudOrganizations))[0]!.scope,
    expiresAt: new Date(),
  });
  await registry.db.delete(syncs).where(eq(syncs.id, syncId));
  for (const table of [syncAccounts, syncAccountTags, syncListings, previews]) {
    expect(await registry.db.$count(table, eq(table.syncId, syncId))).toBe(0);
  }
});

it('O11: deleting an organization deletes everything of its own and leaves its released clouds', async () => {
  const mine = await registry.newOrganization();
  const own = await registry.newOrganization();
  const member = await insertMember(registry.db, mine);
  await insertSync(registry.db, mine);
  await registry.db.insert(serviceControlPolicies).values({ organizationId: mine.id, policyId: 'p-1', name: 'Deny', awsManaged: false });
  await registry.db.insert(policyAttachments).values({ organizationId: mine.id, policyId: 'p-1', targetId: 'r-1' });
  await registry.db
    .update(clouds)
    .set({ managed: false, organizationId: null, credentialSetId: own.credentialSetId })
    .where(eq(clouds.id, member));
  await registry.db.delete(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id));
  expect(await registry.db.$count(clouds, eq(clouds.id, member))).toBe(1);
  expect(await registry.db.$count(syncs, eq(syncs.organizationId, mine.id))).toBe(0);
  expect(await registry.db.$count(policyAttachments, eq(policyAttachments.organizationId, mine.id))).toBe(0);
});

it('O9: the database notifies streams of changes to organizations and syncs', async () => {
  const topics: string[] = [];
  await new Promise<void>((resolve, reject) => {
    registry.listen({
      channel: 'muster_changes',
      onNotification: (topic) => topics.push(topic),
      onListening: resolve,
      onTrouble: reject,
    });
  });
  const mine = await registry.newOrganization();
  const syncId = await insertSync(registry.db, mine);
  await registry.db.update(syncs).set({ phase: 'listing' }).where(eq(syncs.id, syncId));
  await expect.poll(() => topics, { timeout: 30_000 }).toEqual([`organization:${mine.id}`, `sync:${syncId}`, `sync:${syncId}`]);
});
