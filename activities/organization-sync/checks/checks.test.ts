import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clouds, organizationalUnits, syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { StatusReason } from '../../../domain/clouds/check.ts';
import { insertMember, insertSync, type TestOrganization } from '../../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../../test/support/registry.ts';
import { statusCodes } from '../../../domain/clouds/check.ts';
import { recordCloudCheck } from '../../role-check/record-cloud-check.ts';
import { recordUnfinishedCheck } from '../../role-check/record-unfinished-check.ts';
import { divideUnchecked } from './divide-unchecked.ts';
import { findCloudPlace } from '../../role-check/find-cloud-place.ts';
import { giveUpChecks } from './give-up-checks.ts';
import { prepareRecheck } from './prepare-recheck.ts';
import { recordOutcomes } from './record-outcomes.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

type Account = Partial<typeof syncAccounts.$inferInsert>;

/** A sync with these accounts, numbered from 1. */
async function syncOf(organization: TestOrganization, accounts: Account[], changes: Partial<typeof syncs.$inferInsert> = {}) {
  const syncId = await insertSync(registry.db, organization, { phase: 'applying', lastAccountNumber: accounts.length, ...changes });
  const rows = accounts.map((account, index) => ({
    syncId,
    accountId: String(800_000_000_000 + index),
    number: index + 1,
    name: `account ${index}`,
    state: 'active' as const,
    ...account,
  }));
  await registry.db.insert(syncAccounts).values(rows);
  return syncId;
}

const rowsOf = (syncId: string) =>
  registry.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId)).orderBy(syncAccounts.number);
async function cloudOf(id: string) {
  const [row] = await registry.db.select().from(clouds).where(eq(clouds.id, id));
  return row!;
}

const throttled: StatusReason = { code: 'throttled', message: 'AWS throttled the check.' };
const refused: StatusReason = { code: 'role_refused', message: 'AWS refuses the role.' };
const gap = { code: 'missing_permission', action: 'iam:ListUsers', message: 'No policy of the role allows iam:ListUsers.' };
const ofTag = { code: 'reserved_tag_key', message: 'The tag makes no badge.' };

describe('divideUnchecked', () => {
  it('divides unchecked accounts, with any gaps between them', async () => {
    const states = ['waiting', 'done', 'deferred', 'skipped', 'waiting', 'waiting', 'done', 'deferred'] as const;
    const syncId = await syncOf(
      await registry.newOrganization(),
      states.map((checkState) => ({ checkState })),
    );
    const divide = (after: number, most: number) => divideUnchecked(registry.db, { syncId, after, size: 2, most });
    expect(await divide(0, 9)).toEqual({
      batches: [
        { from: 1, to: 3 },
        { from: 5, to: 6 },
        { from: 8, to: 8 },
      ],
      more: false,
    });
    expect(await divide(0, 2)).toMatchObject({ batches: [{}, { to: 6 }], more: true });
    expect(await divide(6, 2)).toEqual({ batches: [{ from: 8, to: 8 }], more: false });
    expect(await divide(8, 2)).toEqual({ batches: [], more: false });
  });

  it('leaves out checks that were given up', async () => {
    const syncId = await syncOf(await registry.newOrganization(), [{ checkState: 'deferred', statusReason: throttled }, {}]);
    await giveUpChecks(registry.db, { syncId });
    expect(await divideUnchecked(registry.db, { syncId, after: 0, size: 2, most: 2 })).toEqual({ batches: [], more: false });
  });
});

describe('giveUpChecks', () => {
  it('keeps the last reason, and gives one to accounts that were never checked', async () => {
    const syncId = await syncOf(await registry.newOrganization(), [
      { checkState: 'deferred', statusReason: throttled },
      { checkState: 'waiting' },
      { checkState: 'done', status: 'ok' },
    ]);
    expect(await giveUpChecks(registry.db, { syncId })).toEqual({ deferred: 2 });
    expect(await giveUpChecks(registry.db, { syncId })).toEqual({ deferred: 2 });
    const [sync] = await registry.db.select({ counts: syncs.counts }).from(syncs).where(eq(syncs.id, syncId));
    expect(sync!.counts.deferred).toBe(2);
    expect(await rowsOf(syncId)).toMatchObject([
      { checkState: 'deferred', status: 'pending', statusReason: throttled },
      { checkState: 'deferred', status: 'pending', statusReason: { code: 'aws_unavailable' } },
      { checkState: 'done', status: 'ok', statusReason: null },
    ]);
  });
});

describe('O19: a recheck', () => {
  it('includes the organization’s clouds that are not ok, except suspended ones', async () => {
    const [organization, other] = [await registry.newOrganization(), await registry.newOrganization()];
    await registry.db.insert(organizationalUnits).values([
      { organizationId: organization.id, ouId: 'r-1', parentId: null, name: 'Root' },
      { organizationId: organization.id, ouId: 'ou-1', parentId: 'r-1', name: 'One' },
      { organizationId: organization.id, ouId: 'ou-2', parentId: 'ou-1', name: 'Two' },
      { organizationId: other.id, ouId: 'ou-2', parentId: null, name: 'Of another' },
    ]);
    await insertMember(registry.db, organization, { status: 'ok' });
    await insertMember(registry.db, organization, { status: 'suspended' });
    await insertMember(registry.db, organization, { status: 'access_denied', accountId: '810000000001', organizationParentId: 'ou-2' });
    await insertMember(registry.db, organization, { status: 'warning', accountId: '810000000002', organizationParentId: 'ou-gone' });
    await insertMember(registry.db, organization, { status: 'pending', accountId: '810000000003', name: null });
    await insertMember(registry.db, other, { status: 'pending' });
    const syncId = await insertSync(registry.db, organization, { kind: 'recheck', phase: 'listing' });
    expect(await prepareRecheck(registry.db, { syncId })).toEqual({ lastNumber: 3 });
    expect(await rowsOf(syncId)).toMatchObject([
      { accountId: '810000000001', number: 1, state: 'active', checkState: 'waiting', ancestors: ['r-1', 'ou-1', 'ou-2'], pass: null },
      { accountId: '810000000002', number: 2, ancestors: null },
      { accountId: '810000000003', number: 3, name: '810000000003' },
    ]);
  });

  it('is the same after two preparations', async () => {
    const organization = await registry.newOrganization();
    await insertMember(registry.db, organization, { status: 'pending' });
    const syncId = await insertSync(registry.db, organization, { kind: 'recheck', phase: 'listing' });
    await prepareRecheck(registry.db, { syncId });
    await insertMember(registry.db, organization, { status: 'pending' });
    expect(await prepareRecheck(registry.db, { syncId })).toEqual({ lastNumber: 1 });
    expect(await rowsOf(syncId)).toHaveLength(1);
  });

  it('fails if the organization is gone', async () => {
    const syncId = await insertSync(registry.db, await registry.newOrganization(), { kind: 'recheck', organizationId: null });
    await expect(prepareRecheck(registry.db, { syncId })).rejects.toMatchObject({ details: [{ code: 'organization_removed' }] });
  });

  it('D5: includes a member that the stack set had not reached, and updates its status', async () => {
    const organization = await registry.newOrganization();
    const [late, there] = await Promise.all(
      ['825000000001', '825000000002'].map((accountId) =>
        insertMember(registry.db, organization, { accountId, status: 'pending', statusCode: 'stack_instance_pending' }),
      ),
    );
    const syncId = await insertSync(registry.db, organization, { kind: 'recheck', phase: 'applying' });
    expect(await prepareRecheck(registry.db, { syncId })).toEqual({ lastNumber: 2 });
    const checkedAt = new Date();
    const reason: StatusReason = { code: 'stack_instance_pending', message: 'The stack set has not reached the account yet.' };
    const found = (accountId: string, outcome: Account) =>
      registry.db
        .update(syncAccounts)
        .set({ checkState: 'done', warnings: [], checkedAt, ...outcome })
        .where(and(eq(syncAccounts.syncId, syncId), eq(syncAccounts.accountId, accountId)));
    await found('825000000001', { status: 'pending', statusReason: reason });
    await found('825000000002', { status: 'ok' });
    await recordOutcomes(registry.db, { syncId, from: 1, to: 2 });
    expect(await cloudOf(late!)).toMatchObject({ status: 'pending', statusCode: reason.code, lastCheckedAt: checkedAt });
    expect(await cloudOf(there!)).toMatchObject({ status: 'ok', statusCode: null });
  });

  it('O10: writes its outcomes as the clouds’ status, reason and warnings', async () => {
    const organization = await registry.newOrganization();
    const checkedAt = new Date();
    const [cured, broken, short] = await Promise.all(
      ['820000000001', '820000000002', '820000000003'].map((accountId) =>
        insertMember(registry.db, organization, {
          accountId,
          status: 'access_denied',
          statusCode: 'role_refused',
          statusMessage: 'as before',
          warnings: [ofTag],
        }),
      ),
    );
    const syncId = await syncOf(organization, [
      { accountId: '820000000001', checkState: 'done', status: 'ok', warnings: [], checkedAt },
      { accountId: '820000000002', checkState: 'done', status: 'access_denied', statusReason: refused, warnings: [], checkedAt },
      { accountId: '820000000003', checkState: 'done', status: 'warning', warnings: [gap], checkedAt },
    ]);
    for (let times = 0; times < 2; times += 1) await recordOutcomes(registry.db, { syncId, from: 1, to: 3 });
    expect(await cloudOf(cured!)).toMatchObject({ status: 'ok', statusCode: null, statusMessage: null, lastCheckedAt: checkedAt });
    expect(await cloudOf(broken!)).toMatchObject({ status: 'access_denied', statusCode: refused.code, statusMessage: refused.message });
    expect(await cloudOf(short!)).toMatchObject({ status: 'warning', statusCode: null, warnings: [ofTag, gap] });
  });

  it('writes only its range', async () => {
    const organization = await registry.newOrganization();
    const id = await insertMember(registry.db, organization, { accountId: '830000000001', status: 'pending' });
    const syncId = await syncOf(organization, [{ accountId: '830000000001', checkState: 'done', status: 'ok', checkedAt: new Date() }]);
    await recordOutcomes(registry.db, { syncId, from: 2, to: 9 });
    expect(await cloudOf(id)).toMatchObject({ status: 'pending' });
  });

  it('does not change a cloud that was checked later, was suspended, or left the organization', async () => {
    const [organization, other] = [await registry.newOrganization(), await registry.newOrganization()];
    const checkedAt = new Date();
    const later = new Date(checkedAt.getTime() + 1_000);
    const ids = await Promise.all([
      insertMember(registry.db, organization, { accountId: '840000000001', status: 'ok', lastCheckedAt: later }),
      insertMember(registry.db, organization, { accountId: '840000000002', status: 'suspended' }),
      insertMember(registry.db, other, { accountId: '840000000003', status: 'ok' }),
    ]);
    const denied = { checkState: 'done', status: 'access_denied', statusReason: refused, checkedAt } as const;
    const syncId = await syncOf(
      organization,
      ['840000000001', '840000000002', '840000000003'].map((accountId) => ({ accountId, ...denied })),
    );
    await recordOutcomes(registry.db, { syncId, from: 1, to: 3 });
    const statuses = await Promise.all(ids.map(async (id) => (await cloudOf(id)).status));
    expect(statuses).toEqual(['ok', 'suspended', 'ok']);
  });

  it('changes a cloud by a check that was given up only if nothing is known of it', async () => {
    const organization = await registry.newOrganization();
    const [known, unknown] = await Promise.all([
      insertMember(registry.db, organization, { accountId: '850000000001', status: 'access_denied', statusCode: 'role_refused' }),
      insertMember(registry.db, organization, { accountId: '850000000002', status: 'pending' }),
    ]);
    const syncId = await syncOf(
      organization,
      ['850000000001', '850000000002'].map((accountId) => ({ accountId, checkState: 'deferred', statusReason: throttled })),
    );
    await giveUpChecks(registry.db, { syncId });
    await recordOutcomes(registry.db, { syncId, from: 1, to: 2 });
    expect(await cloudOf(known)).toMatchObject({ status: 'access_denied', statusCode: 'role_refused' });
    expect(await cloudOf(unknown)).toMatchObject({ status: 'pending', statusCode: 'throttled', lastCheckedAt: null });
  });
});

describe('recordCloudCheck', () => {
  const at = new Date().toISOString();

  it('O10: writes missing permissions, and keeps warnings about tags', async () => {
    const cloudId = await insertMember(registry.db, await registry.newOrganization(), { warnings: [ofTag, { ...gap, action: 'old:Gap' }] });
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'warning', reason: null, warnings: [gap] }, at });
    expect(await cloudOf(cloudId)).toMatchObject({ status: 'warning', warnings: [ofTag, gap] });
  });

  it('accepts a result of an older run without warnings', async () => {
    const cloudId = await insertMember(registry.db, await registry.newOrganization(), { warnings: [gap], status: 'warning' });
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'ok', reason: null }, at });
    expect(await cloudOf(cloudId)).toMatchObject({ status: 'ok', warnings: [] });
  });

  it('O11: shows the check of a cloud that its organization released while it was suspended', async () => {
    const cloudId = await insertMember(registry.db, await registry.newOrganization(), {
      status: 'suspended',
      managed: false,
      organizationId: null,
    });
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'ok', reason: null }, at });
    expect(await cloudOf(cloudId)).toMatchObject({ status: 'ok', statusCode: null, lastCheckedAt: new Date(at) });
  });

  it('C2: does not change a cloud that was suspended during the check', async () => {
    const cloudId = await insertMember(registry.db, await registry.newOrganization(), { status: 'suspended' });
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'access_denied', reason: refused }, at });
    expect(await cloudOf(cloudId)).toMatchObject({ status: 'suspended', lastCheckedAt: null });
  });
});

describe('A6: a check without an outcome', () => {
  const at = new Date().toISOString();
  const throttled = { code: statusCodes.throttled, message: 'AWS throttled the check' };

  it('keeps an earlier outcome, and gives a pending cloud its reason', async () => {
    const organization = await registry.newOrganization();
    for (const reason of [throttled, { code: statusCodes.awsUnavailable, message: 'no answer' }]) {
      const ok = await insertMember(registry.db, organization, { status: 'warning', warnings: [gap] });
      const pending = await insertMember(registry.db, organization, { status: 'pending' });
      for (const cloudId of [ok, pending]) {
        await recordCloudCheck(registry.db, { cloudId, result: { status: 'pending', reason, warnings: [] }, at });
        await recordUnfinishedCheck(registry.db, { cloudId, reason });
      }
      expect(await cloudOf(ok)).toMatchObject({ status: 'warning', statusCode: null, warnings: [gap], lastCheckedAt: null });
      expect(await cloudOf(pending)).toMatchObject({ status: 'pending', statusCode: reason.code, statusMessage: reason.message });
    }
  });

  it('that failed in Muster gives a pending cloud its reason, and the next outcome replaces it', async () => {
    const cloudId = await insertMember(registry.db, await registry.newOrganization(), { status: 'pending' });
    const reason = { code: statusCodes.checkFailed, message: 'The credentials cannot be decrypted' };
    await recordUnfinishedCheck(registry.db, { cloudId, reason });
    expect(await cloudOf(cloudId)).toMatchObject({ status: 'pending', statusCode: 'check_failed', statusMessage: reason.message });
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'ok', reason: null }, at });
    expect(await cloudOf(cloudId)).toMatchObject({ status: 'ok', statusCode: null, statusMessage: null });
  });
});

describe('findCloudPlace', () => {
  it('returns the place of a managed cloud, and null for a cloud that no organization manages', async () => {
    const organization = await registry.newOrganization();
    await registry.db.insert(organizationalUnits).values([
      { organizationId: organization.id, ouId: 'r-9', parentId: null, name: 'Root' },
      { organizationId: organization.id, ouId: 'ou-9', parentId: 'r-9', name: 'Nine' },
    ]);
    const cloudId = await insertMember(registry.db, organization, { organizationParentId: 'ou-9' });
    expect(await findCloudPlace(registry.db, cloudId)).toEqual({
      organizationId: organization.awsOrganizationId,
      ancestors: ['r-9', 'ou-9'],
    });
    await registry.db.update(clouds).set({ managed: false, organizationId: null }).where(eq(clouds.id, cloudId));
    expect(await findCloudPlace(registry.db, cloudId)).toBeNull();
  });
});
