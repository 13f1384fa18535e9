import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { requestWork } from '../../db/organizations/request-work.ts';
import { auditEvents, cloudOrganizations, credentialSets, previews, syncs } from '../../db/schema/index.ts';
import { completeScope, wholeOrganization } from '../../domain/organizations/scope.ts';
import type { SyncTrigger } from '../../domain/organizations/sync.ts';
import { countLockWaits } from '../../test/support/lock-waits.ts';
import { insertSync, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import type { KeeperClient } from './wake-keeper.ts';
import { endHeldRemovals } from '../organization-sync/removals/end-held-removals.ts';
import { enterSyncPhase } from '../organization-sync/enter-sync-phase.ts';
import { finishPreview } from '../organization-sync/plan/finish-preview.ts';
import { findHeldRemovals } from '../organization-sync/removals/find-held-removals.ts';
import { finishSync } from './finish-sync.ts';
import { isOrganizationKept } from './is-organization-kept.ts';
import { publishTree } from '../organization-sync/plan/publish-tree.ts';
import { recordHeldRemovals } from '../organization-sync/removals/record-held-removals.ts';
import { requestScheduledWork } from './request-scheduled-work.ts';
import { takeNextSync } from './take-next-sync.ts';

let registry: TestRegistry;
let woken: string[];
let client: KeeperClient;

beforeAll(async () => {
  registry = await startTestRegistry();
  woken = [];
  const signalWithStart = async (_type: string, { workflowId }: { workflowId: string }) => void woken.push(workflowId);
  client = { workflow: { signalWithStart } } as unknown as KeeperClient;
});
afterAll(() => registry?.close());

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
const row = async (id: string) => (await registry.db.select().from(syncs).where(eq(syncs.id, id)))[0];
const take = ({ awsOrganizationId }: TestOrganization) => takeNextSync(registry.db, { awsOrganizationId });
const end = (
  syncId: string,
  phase: 'completed' | 'failed' | 'cancelled' = 'completed',
  failure: { code: string; message: string } | null = null,
) => finishSync(registry.db, { syncId, phase, failure });

/** Requests something while a row is changing: the request sees the row before the change, and waits for the change. */
async function whileChanged<T>(id: string, changes: Partial<typeof syncs.$inferInsert>, ask: () => Promise<T>): Promise<T> {
  let asked: Promise<T> | undefined;
  await registry.db.transaction(async (tx) => {
    await tx.update(syncs).set(changes).where(eq(syncs.id, id));
    asked = ask();
    await expect.poll(() => countLockWaits(registry.db)).toBeGreaterThan(0);
  });
  return await asked!;
}

async function previewOf(organization: TestOrganization, changes: Parameters<typeof insertSync>[2] = {}): Promise<string> {
  const syncId = await insertSync(registry.db, organization, { kind: 'preview', ...changes });
  await registry.db.insert(previews).values({
    id: newId(),
    syncId,
    nickname: 'Tried out',
    memberRoleName: 'Role',
    scope: wholeOrganization,
    expiresAt: ago(-3_600),
  });
  return syncId;
}

describe('O19: takeNextSync', () => {
  it('starts the oldest queued work, and returns the same until that has ended', async () => {
    const mine = await registry.newOrganization();
    const recheck = await insertSync(registry.db, mine, { kind: 'recheck', createdAt: ago(10) });
    const sync = await insertSync(registry.db, mine, { createdAt: ago(20) });
    const taken = await Promise.all([take(mine), take(mine), take(mine)]);
    expect(taken.map((next) => next?.syncId)).toEqual([sync, sync, sync]);
    expect(taken[0]).toEqual({ syncId: sync, kind: 'sync', trigger: 'requested', organizationId: mine.id, nickname: mine.nickname });
    expect(await row(sync)).toMatchObject({ phase: 'listing' });
    expect((await row(sync))!.startedAt).not.toBeNull();
    expect((await row(recheck))!.phase).toBe('queued');
    await end(sync);
    expect(await take(mine)).toMatchObject({ syncId: recheck, kind: 'recheck' });
    expect((await row(recheck))!.phase).toBe('applying');
    await end(recheck);
    expect(await take(mine)).toBeNull();
  });

  it('skips work that is cancelled at the same moment', async () => {
    const mine = await registry.newOrganization();
    const cancelled = await insertSync(registry.db, mine, { createdAt: ago(20) });
    const next = await insertSync(registry.db, mine, { kind: 'recheck', createdAt: ago(10) });
    expect(await whileChanged(cancelled, { phase: 'cancelled' }, () => take(mine))).toMatchObject({ syncId: next });
    expect((await row(cancelled))!.phase).toBe('cancelled');
  });

  it('leaves other organizations’ work, and a preview of an older snapshot, alone', async () => {
    const [mine, other] = [await registry.newOrganization(), await registry.newOrganization()];
    await insertSync(registry.db, other);
    await previewOf(mine, { phase: 'applying' });
    expect(await take(mine)).toBeNull();
    const preview = await previewOf(mine);
    expect(await take(mine)).toMatchObject({ syncId: preview, kind: 'preview' });
    expect(await take(mine)).toMatchObject({ syncId: preview });
  });

  it('O16: returns the nickname in a preview of an unregistered organization', async () => {
    const unregistered = { ...(await registry.newOrganization()), awsOrganizationId: 'o-unregistered' };
    const preview = await previewOf(unregistered, { organizationId: null });
    expect(await take(unregistered)).toMatchObject({ syncId: preview, organizationId: null, nickname: 'Tried out' });
  });
});

describe('O19: requestWork', () => {
  it.each(['sync', 'recheck', 'badging'] as const)(
    'by a person makes a %s theirs that waits on schedule; a tick makes nothing its own',
    async (kind) => {
      const mine = await registry.newOrganization();
      const ask = (trigger: SyncTrigger) =>
        registry.db.transaction(async (tx) => {
          const [organization] = await tx.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id)).for('update');
          return await requestWork(tx, organization!, { kind, trigger });
        });
      const { id } = await ask('schedule');
      expect(await ask('schedule')).toMatchObject({ id, trigger: 'schedule' });
      expect(await ask('requested')).toMatchObject({ id, trigger: 'requested' });
      expect(await ask('schedule')).toMatchObject({ id, trigger: 'requested' });
      expect(await ask('scope_changed')).toMatchObject({ id, trigger: 'requested' });
      expect(await take(mine)).toMatchObject({ syncId: id, trigger: 'requested' });
    },
  );
});

describe('isOrganizationKept', () => {
  it('is true for a registered organization, and for unfinished work', async () => {
    const mine = await registry.newOrganization();
    const gone = { ...mine, awsOrganizationId: 'o-gone' };
    const kept = ({ awsOrganizationId }: TestOrganization) => isOrganizationKept(registry.db, { awsOrganizationId });
    expect(await kept(mine)).toBe(true);
    expect(await kept(gone)).toBe(false);
    const preview = await previewOf(gone, { organizationId: null });
    expect(await kept(gone)).toBe(true);
    await end(preview);
    expect(await kept(gone)).toBe(false);
  });
});

describe('finishSync', () => {
  it('keeps the first end in two runs; the reason of a cancellation may follow', async () => {
    const mine = await registry.newOrganization();
    const sync = await insertSync(registry.db, mine, { phase: 'applying' });
    await end(sync, 'cancelled', { code: 'cancelled', message: 'Its workflow was cancelled' });
    const first = await row(sync);
    await end(sync, 'cancelled', { code: 'cancelled', message: 'Cancelled by Ada' });
    await end(sync, 'completed');
    expect(await row(sync)).toMatchObject({ phase: 'cancelled', failureMessage: 'Cancelled by Ada', finishedAt: first!.finishedAt });
    const other = await insertSync(registry.db, mine, { phase: 'listing' });
    await end(other, 'failed', { code: 'listing_denied', message: 'No' });
    await end(other, 'cancelled', { code: 'cancelled', message: 'Late' });
    expect(await row(other)).toMatchObject({ phase: 'failed', failureCode: 'listing_denied' });
  });

  it('does nothing if the organization is gone', async () => {
    await expect(end(newId())).resolves.toBeUndefined();
  });

  it('B6: records the last end of auto-badging, on its own or as the end of a sync', async () => {
    const mine = await registry.newOrganization();
    const last = async () =>
      (await registry.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id)))[0]!.lastAutoBadgingAt;
    await end(await insertSync(registry.db, mine, { phase: 'listing' }), 'failed');
    expect(await last()).toBeNull();
    await end(await insertSync(registry.db, mine, { phase: 'badging' }));
    expect(await last()).not.toBeNull();
  });

  it('keeps the last ten syncs, the newest complete listing, and syncs with held removals', async () => {
    const mine = await registry.newOrganization();
    const at = (age: number) => ({ createdAt: ago(age), phase: 'failed' as const });
    const complete = await insertSync(registry.db, mine, { ...at(1_000), phase: 'completed', listingCompletedAt: ago(999) });
    const held = await insertSync(registry.db, mine, { ...at(990), heldRemovals: 7, heldRemovalsState: 'waiting' });
    const old = await insertSync(registry.db, mine, at(980));
    const recheck = await insertSync(registry.db, mine, { ...at(970), kind: 'recheck' });
    for (let age = 100; age > 91; age -= 1) await insertSync(registry.db, mine, at(age));
    const newest = await insertSync(registry.db, mine, { phase: 'listing' });
    await end(newest, 'failed');
    expect(await row(old)).toBeUndefined();
    for (const id of [complete, held, recheck, newest]) expect(await row(id)).toBeDefined();
    expect(await registry.db.$count(syncs, eq(syncs.organizationId, mine.id))).toBe(13);
  });
});

describe('O13: the removal of an organization, which deletes its syncs,', () => {
  it.each<[string, (syncId: string) => Promise<unknown>, unknown]>([
    ['the end of a sync', (syncId) => end(syncId), undefined],
    [
      'the tree of a sync',
      (syncId) => publishTree(registry.db, { syncId }).catch((error: unknown) => error),
      expect.objectContaining({ type: 'Precondition', details: [{ code: 'organization_removed' }] }),
    ],
  ])('and %s wait for each other, and not both', async (_name, work, outcome) => {
    const mine = await registry.newOrganization();
    const syncId = await insertSync(registry.db, mine, { phase: 'applying' });
    let working: Promise<unknown> = Promise.resolve();
    await registry.db.transaction(async (tx) => {
      await tx.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id)).for('update');
      working = work(syncId);
      // Rejects at once if it is the victim of the deadlock.
      working.catch(() => {});
      await expect.poll(() => countLockWaits(registry.db), { timeout: 30_000 }).toBe(1);
      await tx.delete(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id));
    });
    expect(await working).toEqual(outcome);
    expect(await row(syncId)).toBeUndefined();
  });
});

describe('O16: the end of a preview', () => {
  const stateOf = async (syncId: string) => (await registry.db.select().from(previews).where(eq(previews.syncId, syncId)))[0]!;
  const isThere = async (id: string) => (await registry.db.$count(credentialSets, eq(credentialSets.id, id))) > 0;

  async function unregistered(): Promise<{ syncId: string; credentialSetId: string }> {
    const mine = await registry.newOrganization();
    const credentialSetId = newId();
    const { bytes: sealed, keyId } = await registry.sealer.seal({ externalId: 'x' }, { table: 'credential_sets', id: credentialSetId });
    await registry.db
      .insert(credentialSets)
      .values({ id: credentialSetId, kind: 'organization', roleArn: 'arn:aws:iam::1:role/r', sealed, keyId, expiresAt: ago(-900) });
    return { syncId: await previewOf({ ...mine, id: null as unknown as string }, { credentialSetId }), credentialSetId };
  }

  it('erases the credentials of an unregistered organization, and keeps its first end in two runs', async () => {
    const { syncId, credentialSetId } = await unregistered();
    await finishPreview(registry.db, { syncId, phase: 'completed', failure: null });
    await finishPreview(registry.db, { syncId, phase: 'cancelled', failure: null });
    await end(syncId);
    expect([await stateOf(syncId), await isThere(credentialSetId)]).toMatchObject([{ state: 'ready' }, false]);
  });

  it('by the keeper, because its own run could not, shows the failure and erases the credentials too', async () => {
    const { syncId, credentialSetId } = await unregistered();
    await end(syncId, 'failed', { code: 'interrupted', message: 'It was interrupted.' });
    expect([await stateOf(syncId), await isThere(credentialSetId)]).toMatchObject([{ state: 'failed', failureCode: 'interrupted' }, false]);
  });

  it('keeps the credentials of a registered organization', async () => {
    const mine = await registry.newOrganization();
    const syncId = await previewOf(mine, { credentialSetId: mine.credentialSetId });
    await end(syncId);
    expect([await stateOf(syncId), await isThere(mine.credentialSetId)]).toMatchObject([{ state: 'ready' }, true]);
  });

  it('keeps credentials that another preview uses', async () => {
    const { syncId, credentialSetId } = await unregistered();
    const other = await previewOf({ ...(await registry.newOrganization()), id: null as unknown as string }, { credentialSetId });
    await end(syncId);
    expect(await isThere(credentialSetId)).toBe(true);
    await end(other);
    expect(await isThere(credentialSetId)).toBe(false);
  });
});

describe('enterSyncPhase', () => {
  it('only goes forward, and fails if the organization is gone', async () => {
    const mine = await registry.newOrganization();
    const syncId = await insertSync(registry.db, mine, { phase: 'listing' });
    await enterSyncPhase(registry.db, { syncId, phase: 'applying' });
    await enterSyncPhase(registry.db, { syncId, phase: 'badging' });
    await enterSyncPhase(registry.db, { syncId, phase: 'applying' });
    expect((await row(syncId))!.phase).toBe('badging');
    await end(syncId);
    await enterSyncPhase(registry.db, { syncId, phase: 'badging' });
    expect((await row(syncId))!.phase).toBe('completed');
    await expect(enterSyncPhase(registry.db, { syncId: newId(), phase: 'badging' })).rejects.toMatchObject({
      type: 'Precondition',
      details: [{ code: 'organization_removed' }],
    });
  });
});

describe('O17: recordHeldRemovals', () => {
  it('keeps an operator’s answer in a second run', async () => {
    const syncId = await insertSync(registry.db, await registry.newOrganization(), { phase: 'applying' });
    await recordHeldRemovals(registry.db, { syncId, count: 12 });
    expect(await row(syncId)).toMatchObject({ heldRemovals: 12, heldRemovalsState: 'waiting' });
    await registry.db.update(syncs).set({ heldRemovalsState: 'confirmed' }).where(eq(syncs.id, syncId));
    await recordHeldRemovals(registry.db, { syncId, count: 12 });
    expect(await row(syncId)).toMatchObject({ heldRemovalsState: 'confirmed' });
  });
});

describe('O17: the end of a hold', () => {
  const held = (mine: TestOrganization, changes: Parameters<typeof insertSync>[2] = {}) =>
    insertSync(registry.db, mine, {
      phase: 'completed',
      heldRemovals: 7,
      heldRemovalsState: 'waiting',
      plannedScope: wholeOrganization,
      ...changes,
    });
  const trailOf = async (id: string) =>
    (await registry.db.select().from(auditEvents).where(eq(auditEvents.targetId, id))).map(({ action, detail }) => [action, detail]);

  it('counts once, and the audit trail names the operator of the first answer', async () => {
    const syncId = await held(await registry.newOrganization());
    const yes = { syncId, state: 'confirmed', by: 'Ada' } as const;
    expect(await endHeldRemovals(registry.db, yes)).toEqual({ state: 'confirmed' });
    expect(await endHeldRemovals(registry.db, yes)).toEqual({ state: 'confirmed' });
    expect(await endHeldRemovals(registry.db, { syncId, state: 'superseded', by: null })).toEqual({ state: 'confirmed' });
    expect((await row(syncId))!.heldRemovalsState).toBe('confirmed');
    expect(await trailOf(syncId)).toEqual([['sync.removals_confirmed', { count: 7, by: 'Ada' }]]);
  });

  it('is no confirmation of a plan with another scope; a rejection counts, and so does the end of a deleted sync', async () => {
    const mine = await registry.newOrganization();
    const plannedScope = completeScope({ excludeNamePrefixes: ['old'] });
    const syncId = await held(mine, { plannedScope });
    expect(await endHeldRemovals(registry.db, { syncId, state: 'confirmed', by: 'Ada' })).toEqual({ state: 'superseded' });
    expect((await row(syncId))!.heldRemovalsState).toBe('superseded');
    const refused = await held(mine, { plannedScope });
    expect(await endHeldRemovals(registry.db, { syncId: refused, state: 'refused', by: 'Ada' })).toEqual({ state: 'refused' });
    expect(await endHeldRemovals(registry.db, { syncId: newId(), state: 'confirmed', by: 'Ada' })).toEqual({ state: 'superseded' });
  });

  it('as superseded applies only to waiting holds of earlier syncs of the same organization', async () => {
    const mine = await registry.newOrganization();
    const earlier = await held(mine, { createdAt: ago(60) });
    await held(mine, { createdAt: ago(50), heldRemovalsState: 'refused' });
    await held(await registry.newOrganization(), { createdAt: ago(50) });
    const now = await held(mine, { createdAt: ago(40) });
    await held(mine, { createdAt: ago(30) });
    expect(await findHeldRemovals(registry.db, { syncId: now })).toEqual({ syncIds: [earlier] });
    await expect(findHeldRemovals(registry.db, { syncId: newId() })).rejects.toMatchObject({ details: [{ code: 'organization_removed' }] });
  });
});

describe('O19: requestScheduledWork', () => {
  it('writes one row for ticks at the same moment, and wakes its keeper', async () => {
    const mine = await registry.newOrganization();
    const tick = () => requestScheduledWork(registry.db, client, { organizationId: mine.id, kind: 'sync' });
    const answers = await Promise.all([tick(), tick(), tick()]);
    expect(new Set(answers.map(({ syncId }) => syncId)).size).toBe(1);
    const [asked] = await Promise.all(answers.map(({ syncId }) => row(syncId ?? 'none')));
    expect(asked).toMatchObject({ kind: 'sync', trigger: 'schedule', phase: 'queued' });
    expect(asked!.signalledAt).not.toBeNull();
    expect(woken).toContain(`organization/${mine.awsOrganizationId}`);
  });

  it('joins work that the keeper starts at the same moment', async () => {
    const mine = await registry.newOrganization();
    const syncId = await insertSync(registry.db, mine);
    const tick = () => requestScheduledWork(registry.db, client, { organizationId: mine.id, kind: 'sync' });
    expect(await whileChanged(syncId, { phase: 'listing', startedAt: new Date() }, tick)).toEqual({ syncId });
  });

  it('joins no cancelled work: neither queued work at the same moment nor running work that has not stopped', async () => {
    const mine = await registry.newOrganization();
    const tick = () => requestScheduledWork(registry.db, client, { organizationId: mine.id, kind: 'sync' });
    const waiting = await insertSync(registry.db, mine);
    const { syncId: next } = await whileChanged(waiting, { phase: 'cancelled' }, tick);
    expect([next === waiting, (await row(next!))!.phase]).toEqual([false, 'queued']);
    expect(await take(mine)).toMatchObject({ syncId: next });
    expect(await tick()).toEqual({ syncId: next });
    await registry.db.update(syncs).set({ cancelRequestedAt: new Date() }).where(eq(syncs.id, next!));
    const { syncId: last } = await tick();
    expect([last === next, (await row(last!))!.phase]).toEqual([false, 'queued']);
  });

  it('joins a run that has not begun planning, and queues after a run that has', async () => {
    const mine = await registry.newOrganization();
    const running = await insertSync(registry.db, mine, { phase: 'listing' });
    const tick = () => requestScheduledWork(registry.db, client, { organizationId: mine.id, kind: 'sync' });
    expect(await tick()).toEqual({ syncId: running });
    await registry.db.update(syncs).set({ phase: 'applying', plannedGeneration: 1 }).where(eq(syncs.id, running));
    const { syncId } = await tick();
    expect(syncId).not.toBe(running);
    expect(await tick()).toEqual({ syncId });
  });

  it('requests nothing for an organization that is gone', async () => {
    expect(await requestScheduledWork(registry.db, client, { organizationId: newId(), kind: 'badging' })).toEqual({ syncId: null });
  });
});
