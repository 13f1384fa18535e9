import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents, syncAccounts, syncs } from '../../../db/schema/index.ts';
import { noCounts } from '../../../domain/organizations/sync.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { countLockWaits } from '../../../test/support/lock-waits.ts';
import { insertOrganization, insertSync } from '../../../test/support/organizations.ts';

let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => {
  api.workflows.woken.length = 0;
});
afterAll(() => api.close());

const organization = () => insertOrganization(api.database.db, api.sealer);
const start = (id: string) => api.call('POST', `/v1/organizations/${id}/syncs`);
const cancel = (id: string) => api.call('POST', `/v1/syncs/${id}/cancel`);
const recheck = (id: string) => api.call('POST', `/v1/organizations/${id}/recheck`);
const move = (id: string, changes: Partial<typeof syncs.$inferInsert>) =>
  api.database.db.update(syncs).set(changes).where(eq(syncs.id, id));

describe('requesting a sync', () => {
  it('O19: writes a row, wakes the keeper, and returns the Location', async () => {
    const mine = await organization();
    const { status, headers, body } = await start(mine.id);
    expect([status, headers.get('location')]).toEqual([202, `/v1/syncs/${body.id}`]);
    expect(body).toMatchObject({ organizationId: mine.id, kind: 'sync', trigger: 'requested', phase: 'queued' });
    expect(api.workflows.woken).toEqual([
      { awsOrganizationId: mine.awsOrganizationId, kind: 'sync', syncId: body.id, trigger: 'requested', settingsGeneration: 1 },
    ]);
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, mine.id));
    expect(audit).toMatchObject({ action: 'organization.sync_requested', detail: { syncId: body.id } });
  });

  it('O19: ten parallel requests get the same sync', async () => {
    const mine = await organization();
    const answers = await Promise.all(Array.from({ length: 10 }, () => start(mine.id)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(await api.database.db.$count(syncs, eq(syncs.organizationId, mine.id))).toBe(1);
  });

  it('O19: joins a sync that lists with the same settings; queues another one after a sync that plans', async () => {
    const mine = await organization();
    const running = await insertSync(api.database.db, mine, { phase: 'listing', trigger: 'schedule' });
    expect((await start(mine.id)).body.id).toBe(running);
    await move(running, { plannedGeneration: 1 });
    const { body: next } = await start(mine.id);
    expect([next.id === running, next.phase]).toEqual([false, 'queued']);
    expect((await start(mine.id)).body.id).toBe(next.id);
  });

  it('O19: organizations do not join each other', async () => {
    const [a, b] = [await start((await organization()).id), await start((await organization()).id)];
    expect(a.body.id).not.toBe(b.body.id);
  });

  it('S2: without Temporal, answers 503 and writes no row', async () => {
    const mine = await organization();
    api.workflows.isReachable = false;
    const answers = [await start(mine.id), await recheck(mine.id)];
    api.workflows.isReachable = true;
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [503, 'temporal_unavailable'],
      [503, 'temporal_unavailable'],
    ]);
    expect(await api.database.db.$count(syncs, eq(syncs.organizationId, mine.id))).toBe(0);
  });
});

describe('requesting a recheck of the clouds that are not ok', () => {
  it('O19: queues a recheck, which another request joins while it is queued', async () => {
    const mine = await organization();
    const { status, headers, body } = await recheck(mine.id);
    expect([status, headers.get('location'), body.kind]).toEqual([202, `/v1/syncs/${body.id}`, 'recheck']);
    expect((await recheck(mine.id)).body.id).toBe(body.id);
    await move(body.id, { phase: 'applying' });
    expect((await recheck(mine.id)).body.id).not.toBe(body.id);
  });

  it('O19: joins a queued sync, which checks all clouds, but no running sync', async () => {
    const mine = await organization();
    const { body: sync } = await start(mine.id);
    expect((await recheck(mine.id)).body.id).toBe(sync.id);
    await move(sync.id, { phase: 'listing' });
    expect((await recheck(mine.id)).body).toMatchObject({ kind: 'recheck', phase: 'queued' });
  });
});

describe('a sync', () => {
  it('O9 O17: is shown field by field', async () => {
    const mine = await organization();
    const counts = { ...noCounts, listed: 127, inScope: 120, ok: 3, checked: 3 };
    const id = await insertSync(api.database.db, mine, {
      phase: 'failed',
      counts,
      unknownScopeIds: [{ field: 'includeOuIds', id: 'ou-ab12-cd34ef56' }],
      heldRemovals: 7,
      heldRemovalsState: 'waiting',
      failureCode: 'listing_denied',
      failureMessage: 'ListAccounts was denied.',
      startedAt: new Date('2026-02-03T04:05:06.007Z'),
      finishedAt: new Date('2026-02-03T04:06:06.007Z'),
    });
    const { status, body } = await api.call('GET', `/v1/syncs/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      kind: 'sync',
      organizationId: mine.id,
      trigger: 'requested',
      phase: 'failed',
      warnings: [
        {
          code: 'scope_unknown',
          field: 'includeOuIds',
          id: 'ou-ab12-cd34ef56',
          message: 'The organization has no organizational unit ou-ab12-cd34ef56, so it brings no account into the scope.',
        },
      ],
      heldRemovals: { count: 7, state: 'waiting' },
      counts,
      startedAt: '2026-02-03T04:05:06.007Z',
      finishedAt: '2026-02-03T04:06:06.007Z',
      failure: { code: 'listing_denied', message: 'ListAccounts was denied.' },
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
  });

  it('A3: shows at most 100 warnings of its scope', async () => {
    const unknownScopeIds = Array.from({ length: 101 }, (_, number) => ({ field: 'includeOuIds' as const, id: `ou-${number}` }));
    const id = await insertSync(api.database.db, await organization(), { unknownScopeIds });
    expect((await api.call('GET', `/v1/syncs/${id}`)).body.warnings).toHaveLength(100);
  });

  it('O16: the work of a preview is not shown as a sync', async () => {
    const id = await insertSync(api.database.db, await organization(), { kind: 'preview' });
    expect((await api.call('GET', `/v1/syncs/${id}`)).status).toBe(404);
  });
});

describe('the syncs of an organization', () => {
  it('C5: a badging run has counts of badges, and no counts of accounts', async () => {
    const mine = await insertOrganization(api.database.db, api.sealer);
    const badgingCounts = { clouds: 9, created: 4, updated: 3, deleted: 2, adopted: 1, skipped: 5 };
    const ended = await insertSync(api.database.db, mine, { kind: 'badging', phase: 'completed', badgingCounts });
    const queued = await insertSync(api.database.db, mine, { kind: 'badging', phase: 'queued' });
    const countsOf = async (id: string) => (await api.call('GET', `/v1/syncs/${id}`)).body.counts;
    expect(await countsOf(ended)).toEqual({ clouds: 9, created: 4, changed: 3, deleted: 2, adopted: 1, skipped: 5 });
    expect(await countsOf(queued)).toEqual({ clouds: 0, created: 0, changed: 0, deleted: 0, adopted: 0, skipped: 0 });
  });

  it('O9: come newest first, with rechecks and badging runs only on request', async () => {
    const mine = await organization();
    const at = (day: number) => new Date(Date.UTC(2026, 0, day));
    const ids: string[] = [];
    for (let day = 1; day <= 3; day += 1) ids.push(await insertSync(api.database.db, mine, { phase: 'completed', createdAt: at(day) }));
    const badging = await insertSync(api.database.db, mine, { kind: 'badging', phase: 'completed', createdAt: at(4) });
    await insertSync(api.database.db, await organization(), { phase: 'completed' });
    const listed = async (query: string) => (await api.call('GET', `/v1/organizations/${mine.id}/syncs?${query}`)).body;
    const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
    expect(idsOf(await listed(''))).toEqual(ids.toReversed());
    expect(idsOf(await listed('kind=badging&kind=recheck'))).toEqual([badging]);
    const first = await listed('limit=2');
    expect([first.total, idsOf(first), idsOf(await listed(`limit=2&cursor=${first.nextCursor}`))]).toEqual([3, [ids[2], ids[1]], [ids[0]]]);
    expect((await api.call('GET', `/v1/organizations/${mine.id}/syncs?kind=preview`)).status).toBe(422);
  });
});

describe('the accounts of a sync', () => {
  it('O9 O10 O8: show their results in the order of the listing, and can be filtered', async () => {
    const { db } = api.database;
    const syncId = await insertSync(db, await organization());
    const account = (number: number, more: Partial<typeof syncAccounts.$inferInsert> = {}) => ({
      syncId,
      accountId: String(700_000_000_000 + number),
      number,
      name: `account ${number}`,
      state: 'active' as const,
      ...more,
    });
    await db.insert(syncAccounts).values([
      account(2, {
        checkState: 'done',
        status: 'access_denied',
        statusReason: { code: 'role_refused', message: 'No.' },
        changes: ['add'],
      }),
      account(1, { path: 'Prod', changes: ['move', 'rename'], badgeChanges: [{ key: 'team', change: 'delete' }] }),
      account(3, { checkState: 'skipped', changes: ['exclude'], rule: { rule: 'exclude_name_prefix', value: 'acc' } }),
      ...Array.from({ length: 9 }, (_, index) => account(index + 4)),
    ]);
    const listed = async (query: string) => (await api.call('GET', `/v1/syncs/${syncId}/accounts?${query}`)).body;
    const page = await listed('limit=3');
    expect([page.total, page.items]).toEqual([
      12,
      [
        expect.objectContaining({
          accountId: '700000000001',
          path: 'Prod',
          check: 'waiting',
          status: null,
          changes: ['move', 'rename'],
          badges: [{ key: 'team', change: 'delete' }],
        }),
        expect.objectContaining({ check: 'done', status: 'access_denied', statusReason: { code: 'role_refused', message: 'No.' } }),
        expect.objectContaining({
          changes: ['exclude'],
          rule: { rule: 'exclude_name_prefix', value: 'acc', message: expect.stringContaining('begins with "acc"') },
        }),
      ],
    ]);
    const numbersOf = (items: { name: string }[]) => items.map(({ name }) => Number(name.split(' ')[1]));
    const rest = await listed(`cursor=${page.nextCursor}`);
    expect([numbersOf(rest.items), rest.nextCursor]).toEqual([[4, 5, 6, 7, 8, 9, 10, 11, 12], null]);
    expect(numbersOf((await listed('change=rename&change=exclude')).items)).toEqual([1, 3]);
    expect(numbersOf((await listed('status=access_denied')).items)).toEqual([2]);
    expect(numbersOf((await listed('search=700000000007')).items)).toEqual([7]);
    expect((await api.call('GET', `/v1/syncs/${syncId}/accounts?change=vanish`)).status).toBe(422);
    expect((await api.call('GET', `/v1/syncs/${syncId}/accounts?cursor=${btoa('["sync-accounts","x"]')}`)).status).toBe(422);
  });
});

describe('cancelling a sync', () => {
  it("O9: the keeper and the audit trail get the caller's name", async () => {
    const mine = await organization();
    const id = await insertSync(api.database.db, mine, { phase: 'listing' });
    const { status, headers, body } = await api.call('POST', `/v1/syncs/${id}/cancel`);
    expect([status, headers.get('location'), body.id]).toEqual([202, `/v1/syncs/${id}`, id]);
    expect(api.workflows.cancelledSyncs).toContainEqual({ awsOrganizationId: mine.awsOrganizationId, syncId: id, by: 'Ada Admin' });
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
    expect(audit).toMatchObject({ action: 'sync.cancel_requested', actorName: 'Ada Admin' });
  });

  it('O9: the keeper gets an id in capitals in lower case', async () => {
    const mine = await organization();
    const id = await insertSync(api.database.db, mine, { phase: 'listing' });
    expect((await api.call('POST', `/v1/syncs/${id.toUpperCase()}/cancel`)).status).toBe(202);
    expect(api.workflows.cancelledSyncs).toContainEqual({ awsOrganizationId: mine.awsOrganizationId, syncId: id, by: 'Ada Admin' });
  });

  it('O19: a queued sync ends at once, without waiting for the running sync', async () => {
    const mine = await organization();
    await insertSync(api.database.db, mine, { phase: 'applying', plannedGeneration: 1 });
    const { body: waiting } = await start(mine.id);
    const [first, second] = (await Promise.all([cancel(waiting.id), cancel(waiting.id)])).toSorted((a, b) => a.status - b.status);
    expect([first!.status, first!.headers.get('location')]).toEqual([202, `/v1/syncs/${waiting.id}`]);
    expect(first!.body).toMatchObject({
      phase: 'cancelled',
      startedAt: null,
      finishedAt: expect.stringMatching(/Z$/),
      failure: { code: 'cancelled', message: 'Cancelled by Ada Admin before it started. Request it again if it is still needed.' },
    });
    expect([second!.status, second!.body.code]).toEqual([409, 'too_late']);
    expect((await api.call('GET', `/v1/syncs/${waiting.id}`)).body).toEqual(first!.body);
    expect(api.workflows.cancelledSyncs.map(({ syncId }) => syncId)).not.toContain(waiting.id);
    const trail = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, waiting.id));
    expect(trail.map(({ action, actorName }) => [action, actorName])).toEqual([['sync.cancel_requested', 'Ada Admin']]);
  });

  it('O13 O19: a new scope starts a sync, even if the queued sync was just cancelled', async () => {
    const mine = await organization();
    await insertSync(api.database.db, mine, { phase: 'applying', plannedGeneration: 1 });
    const { body: cancelled } = await start(mine.id);
    await cancel(cancelled.id);
    const patched = await api.call('PATCH', `/v1/organizations/${mine.id}`, { scope: { excludeNamePrefixes: ['sandbox-'] } });
    expect(patched.status).toBe(200);
    const queued = await api.database.db
      .select()
      .from(syncs)
      .where(sql`${syncs.organizationId} = ${mine.id} and ${syncs.phase} = 'queued'`);
    expect(queued).toEqual([expect.objectContaining({ trigger: 'scope_changed', settingsGeneration: 2 })]);
    expect(queued[0]!.id).not.toBe(cancelled.id);
  });

  it('O19: no request joins a running sync with a cancellation, even if its keeper could not be reached', async () => {
    for (const isReachable of [true, false]) {
      const mine = await organization();
      const running = await insertSync(api.database.db, mine, { phase: 'listing' });
      api.workflows.isReachable = isReachable;
      const { status } = await cancel(running);
      api.workflows.isReachable = true;
      expect(status).toBe(isReachable ? 202 : 503);
      const { body: next } = await start(mine.id);
      expect([next.id === running, next.phase]).toEqual([false, 'queued']);
      expect((await cancel(running)).status).toBe(202);
    }
  });

  it('O19: a sync that the keeper starts during the call is stopped by the keeper', async () => {
    const { db } = api.database;
    const id = await insertSync(db, await organization());
    let answer: ReturnType<typeof cancel> | undefined;
    await db.transaction(async (keeper) => {
      await keeper.update(syncs).set({ phase: 'listing' }).where(eq(syncs.id, id));
      answer = cancel(id);
      await expect.poll(() => countLockWaits(db)).toBeGreaterThan(0);
    });
    const { status, body } = await answer!;
    expect([status, body.phase]).toEqual([202, 'listing']);
    expect(api.workflows.cancelledSyncs.map(({ syncId }) => syncId)).toContain(id);
  });

  it.each(['completed', 'failed', 'cancelled'] as const)('a sync that is %s can no longer be cancelled', async (phase) => {
    const id = await insertSync(api.database.db, await organization(), { phase });
    const { status, body: problem } = await api.call('POST', `/v1/syncs/${id}/cancel`);
    expect([status, problem.code]).toEqual([409, 'too_late']);
    expect(api.workflows.cancelledSyncs.map(({ syncId }) => syncId)).not.toContain(id);
  });

  it('without Temporal, answers 503 with Retry-After', async () => {
    const id = await insertSync(api.database.db, await organization(), { phase: 'applying' });
    api.workflows.isReachable = false;
    const { status, headers } = await api.call('POST', `/v1/syncs/${id}/cancel`);
    api.workflows.isReachable = true;
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('O17: answering held removals', () => {
  const held = async (changes: Partial<typeof syncs.$inferInsert> = {}) =>
    await insertSync(api.database.db, await organization(), {
      phase: 'completed',
      heldRemovals: 7,
      heldRemovalsState: 'waiting',
      ...changes,
    });
  const answer = (id: string, body: unknown) => api.call('POST', `/v1/syncs/${id}/confirm-removals`, body);

  it.each([true, false])("confirm: %s reaches the hold and the audit trail with the caller's name", async (confirm) => {
    const id = await held();
    api.workflows.onConfirmRemovals = async (syncId) => {
      await move(syncId, { heldRemovalsState: confirm ? 'confirmed' : 'refused' });
      return { kind: 'answered' };
    };
    const { status, headers, body } = await answer(id, { confirm });
    expect([status, headers.get('location')]).toEqual([202, `/v1/syncs/${id}`]);
    expect(body.heldRemovals).toEqual({ count: 7, state: confirm ? 'confirmed' : 'refused' });
    expect(api.workflows.removalAnswers.at(-1)).toEqual({ syncId: id, confirm, by: 'Ada Admin' });
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
    expect(audit).toMatchObject({ action: 'sync.removals_answered', actorName: 'Ada Admin', detail: { confirm } });
  });

  it('the hold gets an id in capitals in lower case', async () => {
    const id = await held();
    api.workflows.onConfirmRemovals = () => ({ kind: 'answered' });
    expect((await answer(id.toUpperCase(), { confirm: true })).status).toBe(202);
    expect(api.workflows.removalAnswers.at(-1)).toEqual({ syncId: id, confirm: true, by: 'Ada Admin' });
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
    expect(audit).toMatchObject({ action: 'sync.removals_answered' });
  });

  it.each(['confirmed', 'refused', 'superseded', 'expired'] as const)(
    'removals that are %s accept no answer, and the 409 shows their state',
    async (state) => {
      const callsBefore = api.workflows.removalAnswers.length;
      const ended = await answer(await held({ heldRemovalsState: state }), { confirm: true });
      expect([ended.status, ended.body.code, ended.body.detail]).toEqual([409, 'too_late', expect.stringContaining(state)]);
      expect(api.workflows.removalAnswers.length).toBe(callsBefore);
      api.workflows.onConfirmRemovals = () => ({ kind: 'ended', state });
      const overtaken = await answer(await held(), { confirm: true });
      expect([overtaken.status, overtaken.body.code, overtaken.body.detail]).toEqual([409, 'too_late', expect.stringContaining(state)]);
    },
  );

  it('is refused for a sync without held removals, a hold without a run, no worker, or an invalid body', async () => {
    const codeOf = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code];
    expect(codeOf(await answer(await held({ heldRemovals: null, heldRemovalsState: null }), { confirm: true }))).toEqual([
      409,
      'no_removals_held',
    ]);
    api.workflows.onConfirmRemovals = () => ({ kind: 'ended', state: null });
    const lost = await answer(await held(), { confirm: true });
    expect([...codeOf(lost), lost.body.detail]).toEqual([409, 'too_late', expect.stringContaining('Start another sync')]);
    api.workflows.onConfirmRemovals = () => ({ kind: 'unanswered' });
    expect(codeOf(await answer(await held(), { confirm: true }))).toEqual([503, 'no_worker']);
    expect(codeOf(await answer(await held(), { confirm: 'yes' }))).toEqual([422, 'invalid_input']);
    expect(codeOf(await answer(await held(), {}))).toEqual([422, 'invalid_input']);
  });
});
