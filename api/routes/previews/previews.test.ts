import { setTimeout as delay } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginPlanning } from '../../../activities/organization-sync/plan/begin-planning.ts';
import { finishPreview } from '../../../activities/organization-sync/plan/finish-preview.ts';
import { finishSync } from '../../../activities/organization-keeper/finish-sync.ts';
import { planSlice } from '../../../activities/organization-sync/plan/plan-slice.ts';
import { reuseSnapshot } from '../../../activities/organization-sync/plan/reuse-snapshot.ts';
import { newId } from '../../../db/ids.ts';
import {
  auditEvents,
  cloudOrganizations,
  clouds,
  credentialSets,
  previews,
  syncAccounts,
  syncOrganizationalUnits,
  syncs,
} from '../../../db/schema/index.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { acceptNextChecks, newOrganization, passed } from '../../../test/support/api/organizations.ts';
import { insertOrganization, type TestOrganization } from '../../../test/support/organizations.ts';
import { applySnapshot, insertSnapshot, type SnapshotAccount } from '../../../test/support/snapshots.ts';

let api: ApiHarness;
let members = 0;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => {
  api.workflows.onPreview = plan;
  api.workflows.woken.length = 0;
  api.workflows.startedPreviews.length = 0;
});
afterAll(() => api?.close());

/** Runs the planning of a preview, from an older snapshot or from its own listing. */
async function plan(syncId: string): Promise<void> {
  const { db } = api.database;
  await reuseSnapshot(db, { syncId });
  const { lastNumber } = await beginPlanning(db, { syncId });
  if (lastNumber > 0) await planSlice(db, { syncId, from: 1, to: lastNumber, mode: 'plan' });
  await end(syncId);
}

async function end(syncId: string): Promise<void> {
  await finishPreview(api.database.db, { syncId, phase: 'completed', failure: null });
  await finishSync(api.database.db, { syncId, phase: 'completed', failure: null });
}

/** Inserts a listing of one account and runs the planning. */
async function listAndPlan(syncId: string): Promise<void> {
  const { db } = api.database;
  const account = { accountId: newAccount(), number: 1, pass: 1, name: 'Payments', state: 'active' as const, ancestors: ['r-1'] };
  await db.insert(syncOrganizationalUnits).values({ syncId, ouId: 'r-1', parentId: null, name: 'Root' });
  await db.insert(syncAccounts).values({ syncId, ...account });
  await db.update(syncs).set({ phase: 'listing', lastAccountNumber: 1, listingCompletedAt: new Date() }).where(eq(syncs.id, syncId));
  await plan(syncId);
}

const newAccount = () => String(800_000_000_000 + (members += 1));
const account = (name: string, more: Partial<SnapshotAccount> = {}) => ({ accountId: newAccount(), name, ...more });

/** An organization whose first sync listed these accounts. */
async function synced(...accounts: SnapshotAccount[]): Promise<TestOrganization> {
  const mine = await insertOrganization(api.database.db, api.sealer);
  await applySnapshot(api.database.db, await insertSnapshot(api.database.db, mine, { accounts }));
  return mine;
}

const preview = (id: string, body: unknown, headers = {}) => api.call('POST', `/v1/organizations/${id}/preview`, body, { headers });
const previewNew = (body: unknown, headers = {}) => api.call('POST', '/v1/organizations/preview', body, { headers });
const isKept = async (credentialSetId: string) =>
  (await api.database.db.$count(credentialSets, eq(credentialSets.id, credentialSetId))) > 0;

describe('the preview of a new scope', () => {
  it('O16: uses the newest complete listing, shows its time, starts no listing, and changes nothing', async () => {
    const mine = await synced(account('dev-one', { ancestors: ['r-1', 'ou-1-eng'] }), account('Payments'), account('dev-two'));
    const before = await api.database.db.select().from(clouds).where(eq(clouds.organizationId, mine.id));
    const { status, body, headers } = await preview(mine.id, { scope: { excludeNamePrefixes: ['dev'] } });
    expect([status, body.state, body.complete, headers.get('location')]).toEqual([200, 'ready', true, `/v1/previews/${body.id}`]);
    const [source] = await api.database.db.select().from(syncs).where(eq(syncs.organizationId, mine.id)).orderBy(syncs.createdAt);
    expect(body.asOf).toBe(source!.listingCompletedAt!.toISOString());
    expect(body.counts).toMatchObject({ listed: 3, inScope: 1, removed: 2, added: 0 });
    expect(body.changes.total).toBe(2);
    expect(body.changes.items[0]).toMatchObject({
      name: 'dev-one',
      path: 'Engineering',
      change: 'remove',
      rule: { rule: 'exclude_name_prefix', value: 'dev' },
    });
    expect(body.memberRoleArnExample).toBe(`arn:aws:iam::${mine.managementAccountId}:role/${mine.memberRoleName}`);
    expect([api.workflows.woken, api.workflows.startedPreviews.length]).toEqual([[], 1]);
    expect(await api.database.db.select().from(clouds).where(eq(clouds.organizationId, mine.id))).toEqual(before);
    const [row] = await api.database.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id));
    expect([row!.scope.excludeNamePrefixes, row!.settingsGeneration]).toEqual([[], 1]);
    expect((await api.call('GET', `/v1/previews/${body.id}`, undefined, { key: api.viewerKey })).body).toEqual(body);
  });

  it('O16: does not wait for the keeper: its work starts at once, without a listing', async () => {
    const mine = await synced(account('Payments'));
    api.workflows.onPreview = async (syncId) => {
      const [row] = await api.database.db.select().from(syncs).where(eq(syncs.id, syncId));
      expect([row!.phase, row!.kind]).toEqual(['applying', 'preview']);
      await plan(syncId);
    };
    expect((await preview(mine.id, { scope: {} })).body.state).toBe('ready');
  });

  it('O16: lists the organization through the keeper if there is no listing yet', async () => {
    const mine = await insertOrganization(api.database.db, api.sealer);
    api.workflows.onPreview = listAndPlan;
    const { status, body } = await preview(mine.id, { scope: {} });
    expect([status, body.changes.items[0]]).toMatchObject([200, { name: 'Payments', change: 'add', path: '' }]);
    expect(body.changes.items[0].badges).toEqual(
      expect.arrayContaining([
        { key: 'system.cloud_organization', change: 'create' },
        { key: 'cloud_org_path', change: 'create' },
      ]),
    );
    expect([api.workflows.woken.length, api.workflows.startedPreviews]).toEqual([1, []]);
  });
});

it('O16: the preview of a sync has its own listing, and uses the current scope', async () => {
  const mine = await synced(account('Payments'));
  api.workflows.onPreview = listAndPlan;
  const { body } = await preview(mine.id, {});
  expect(api.workflows.woken.at(-1)).toMatchObject({ kind: 'preview', awsOrganizationId: mine.awsOrganizationId });
  expect(body.counts).toMatchObject({ listed: 1, added: 1, removed: 1 });
  expect(body.changes.items.map(({ change }: { change: string }) => change)).toEqual(['add', 'remove']);
});

it('O16: shows each change of an account, and its badges once; pages have no gaps and can be filtered', async () => {
  const moving = account('Payments');
  const mine = await synced(moving, account('Other'));
  const syncId = await insertSnapshot(api.database.db, mine, {
    accounts: [{ ...moving, name: 'Billing', ancestors: ['r-1', 'ou-1-eng'] }],
  });
  await api.database.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.id, syncId));
  const { body } = await preview(mine.id, { scope: {} });
  const shown = body.changes.items.map(({ name, change, badges }: { name: string; change: string; badges: unknown[] }) => [
    name,
    change,
    badges.length,
  ]);
  expect(shown).toEqual([
    ['Billing', 'move', 1],
    ['Billing', 'rename', 0],
    ['Other', 'remove', 0],
  ]);
  const paged: unknown[] = [];
  let cursor = '';
  do {
    const page = await api.call('GET', `/v1/previews/${body.id}/changes?limit=1${cursor && `&cursor=${cursor}`}`);
    expect([page.status, page.body.total]).toEqual([200, 3]);
    paged.push(...page.body.items);
    cursor = page.body.nextCursor ?? '';
  } while (cursor);
  expect(paged).toEqual(body.changes.items);
  const removed = await api.call('GET', `/v1/previews/${body.id}/changes?change=remove`);
  expect([removed.body.total, removed.body.items]).toEqual([1, [body.changes.items[2]]]);
  expect((await api.call('GET', `/v1/previews/${body.id}/changes?cursor=nonsense`)).status).toBe(422);
});

it('O16: a preview that runs when the process stops answers 202 with its Location, and has no changes yet', async () => {
  const mine = await synced(account('Payments'));
  let syncId = '';
  api.workflows.onPreview = async (id) => {
    syncId = id;
  };
  const other = api.anotherInstance();
  const pendingCall = other.call('POST', `/v1/organizations/${mine.id}/preview`, { scope: { excludeNamePrefixes: ['Pay'] } });
  await expect.poll(() => syncId).not.toBe('');
  other.stop();
  const { status, body, headers } = await pendingCall;
  expect([status, body.state, body.asOf, body.changes.items]).toEqual([202, 'running', null, []]);
  await plan(syncId);
  expect((await api.call('GET', headers.get('location')!)).body).toMatchObject({ state: 'ready', changes: { total: 1 } });
});

it('O16: a failed preview shows the reason', async () => {
  const mine = await synced(account('Payments'));
  const failure = { code: 'no_snapshot', message: 'There is none.' };
  api.workflows.onPreview = (syncId) => finishSync(api.database.db, { syncId, phase: 'failed', failure });
  const { status, body } = await preview(mine.id, { scope: {} });
  expect([status, body.state, body.failure, body.changes.total]).toEqual([200, 'failed', failure, 0]);
});

describe('the preview of an organization that is not registered', () => {
  it('O16 O5: shows the accounts to add, registers nothing, and erases the credentials at its end', async () => {
    const { body: input, described } = newOrganization();
    acceptNextChecks(api, described);
    let wasKept = false;
    api.workflows.onPreview = async (syncId) => {
      wasKept = await isKept(api.workflows.checked.at(-1)!);
      await listAndPlan(syncId);
    };
    const { status, body, text } = await previewNew(input);
    expect([status, body.state, body.organizationId, body.counts.added]).toEqual([200, 'ready', null, 1]);
    expect(body.memberRoleArnExample).toBe(`arn:aws:iam::${described.managementAccountId}:role/MusterHarvesting`);
    expect([wasKept, await isKept(api.workflows.checked.at(-1)!)]).toEqual([true, false]);
    expect(await api.database.db.$count(cloudOrganizations, eq(cloudOrganizations.awsOrganizationId, described.awsOrganizationId))).toBe(0);
    const trail = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, body.id));
    expect(trail.map(({ action }) => action)).toEqual(['preview.requested']);
    expect(text + api.logged() + JSON.stringify(trail)).not.toContain('external-id');
    expect((await api.call('POST', '/v1/organizations', input)).status).toBe(201);
  });

  it('C9 S9: the time that the check of the credentials took counts: 202 comes in time after the arrival of the call', async () => {
    const { body: input, described } = newOrganization();
    acceptNextChecks(api, described);
    const check = api.workflows.onCheck;
    api.workflows.onCheck = async (set) => {
      await delay(2_000);
      return await check(set);
    };
    api.workflows.onPreview = async () => {};
    const impatient = api.anotherInstance({ intervals: { previewTimeoutMs: 3_000 } });
    const began = performance.now();
    const { status, body } = await impatient.call('POST', '/v1/organizations/preview', input);
    expect([status, body.state]).toEqual([202, 'running']);
    // Counted from the end of the check, it would be 5 s.
    expect(performance.now() - began).toBeLessThan(4_900);
    impatient.stop();
  });

  it('O16: shows the role in the management account, even if a delegated administrator has the organization role', async () => {
    const { body: input, described } = newOrganization();
    acceptNextChecks(api, { ...described, managementAccountId: '999900001111' });
    api.workflows.onPreview = listAndPlan;
    const { body } = await previewNew(input);
    expect(body.memberRoleArnExample).toBe('arn:aws:iam::999900001111:role/MusterHarvesting');
  });

  it('O5: credentials that fail their checks are refused with all checks, and erased', async () => {
    const { body: input } = newOrganization();
    const checks = [{ ...passed, passed: false }];
    api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'refused', checks, organization: null });
    const { status, body } = await previewNew(input);
    expect([status, body.code, body.checks]).toEqual([422, 'organization_checks_failed', checks]);
    expect([api.workflows.woken, await isKept(api.workflows.checked.at(-1)!)]).toEqual([[], false]);
  });

  it('O6 D1: a registered organization and a taken nickname are refused, as in the addition', async () => {
    const mine = await insertOrganization(api.database.db, api.sealer);
    acceptNextChecks(api, { ...mine, partition: 'aws' });
    const exists = await previewNew(newOrganization().body);
    expect([exists.status, exists.body.code, exists.headers.get('location')]).toEqual([
      409,
      'organization_exists',
      `/v1/organizations/${mine.id}`,
    ]);
    expect(await isKept(api.workflows.checked.at(-1)!)).toBe(false);
    const taken = await previewNew({ ...newOrganization().body, nickname: mine.nickname });
    expect([taken.status, taken.body.code]).toEqual([409, 'nickname_taken']);
  });

  it('S2: repeats with one Idempotency-Key get the same preview, also in parallel', async () => {
    const { body: input, described } = newOrganization();
    acceptNextChecks(api, described);
    api.workflows.onPreview = listAndPlan;
    const headers = { 'Idempotency-Key': newId() };
    const [one, other] = await Promise.all([previewNew(input, headers), previewNew(input, headers)]);
    const third = await previewNew(input, headers);
    expect([one.status, other.body.id, third.text]).toEqual([200, one.body.id, one.text]);
    expect(await api.database.db.$count(previews, eq(previews.id, one.body.id))).toBe(1);
    expect((await previewNew({ ...input, nickname: 'another' }, headers)).body.code).toBe('idempotency_key_reused');
  });
});

describe('S2, S3: invalid calls', () => {
  it('are refused', async () => {
    const mine = await synced();
    expect((await preview(newId(), { scope: {} })).status).toBe(404);
    expect((await api.call('GET', `/v1/previews/${newId()}`)).status).toBe(404);
    expect((await api.call('GET', `/v1/previews/${newId()}/changes`)).status).toBe(404);
    expect((await preview(mine.id, { scope: { includeOuIds: ['x'] } })).body.errors[0].pointer).toBe('/scope/includeOuIds/0');
    const asViewer = await api.call('POST', `/v1/organizations/${mine.id}/preview`, {}, { key: api.viewerKey });
    expect(asViewer.status).toBe(403);
    api.workflows.isReachable = false;
    const away = await preview(mine.id, { scope: {} });
    api.workflows.isReachable = true;
    expect([away.status, await api.database.db.$count(previews, eq(previews.organizationId, mine.id))]).toEqual([503, 0]);
  });
});

describe('A3 O8: units and accounts that the organization does not have', () => {
  const unit = (name: string) => `ou-ab12-${name.padStart(8, '0')}`;
  const many = Array.from({ length: 60 }, (_, number) => unit(`many${number}`));

  it('are refused in the preview of a new scope, unless they are allowed; then the preview warns of them', async () => {
    const mine = await synced(account('one'));
    const scope = { includeOuIds: [unit('typo')] };
    expect((await preview(mine.id, { scope })).body).toMatchObject({ status: 422, code: 'scope_unknown' });
    const { status, body } = await preview(mine.id, { scope, allowUnknown: true });
    expect([status, body.warnings]).toEqual([200, [expect.objectContaining({ code: 'scope_unknown', id: unit('typo') })]]);
    expect(body.counts.removed).toBe(1);
  });

  it('a preview of the scope that the organization has is never refused', async () => {
    const mine = await synced(account('one'));
    await api.call('PATCH', `/v1/organizations/${mine.id}`, { scope: { excludeOuIds: [unit('gone')] }, allowUnknown: true });
    expect((await preview(mine.id, { scope: { excludeOuIds: [unit('gone')] } })).status).toBe(200);
  });

  /** The finished preview of a new organization, whose listing has the root r-1 and one account. */
  async function previewed(changes: Record<string, unknown> = {}) {
    const { body, described } = newOrganization(changes);
    acceptNextChecks(api, described);
    api.workflows.onPreview = listAndPlan;
    const { status, body: made } = await previewNew(body);
    expect([status, made.state]).toEqual([200, 'ready']);
    const [row] = await api.database.db.select().from(previews).where(eq(previews.id, made.id));
    const [listed] = await api.database.db.select().from(syncAccounts).where(eq(syncAccounts.syncId, row!.syncId));
    return { input: body, described, made, listed: listed!.accountId };
  }

  it('the preview of a new organization looks 50 up at AWS, and compares more with its listing', async () => {
    api.workflows.lookedUp.length = 0;
    await previewed({ scope: { includeOuIds: [unit('one')] } });
    const { made } = await previewed({ scope: { includeOuIds: many } });
    expect(api.workflows.lookedUp).toEqual([[unit('one')], []]);
    expect(made.warnings).toHaveLength(60);
  });

  it('POST with previewId uses the listing of the preview, for any number of ids', async () => {
    const { input, described, made, listed } = await previewed();
    acceptNextChecks(api, described);
    const add = (changes: Record<string, unknown>) => api.call('POST', '/v1/organizations', { ...input, previewId: made.id, ...changes });
    const refused = await add({ scope: { excludeAccountIds: [listed], excludeOuIds: many } });
    expect([refused.status, refused.body.code, refused.body.errors.length]).toEqual([422, 'scope_unknown', 60]);
    api.workflows.lookedUp.length = 0;
    const added = await add({ scope: { excludeAccountIds: [listed] } });
    expect([added.status, api.workflows.lookedUp]).toEqual([201, [[]]]);
  });

  it('POST with previewId and allowUnknown accepts them', async () => {
    const { input, described, made } = await previewed();
    acceptNextChecks(api, described);
    const body = { ...input, previewId: made.id, scope: { excludeOuIds: many }, allowUnknown: true };
    expect((await api.call('POST', '/v1/organizations', body)).status).toBe(201);
  });

  it('POST refuses the preview of another organization, an unfinished one, an incomplete one and none', async () => {
    const other = await previewed();
    const { body, described } = newOrganization();
    acceptNextChecks(api, described);
    const add = async (previewId: string) => (await api.call('POST', '/v1/organizations', { ...body, previewId })).body;
    expect(await add(other.made.id)).toMatchObject({ status: 422, errors: [{ pointer: '/previewId' }] });
    expect(await add(newId())).toMatchObject({ status: 422, errors: [{ pointer: '/previewId' }] });
    await api.database.db.update(previews).set({ state: 'running' }).where(eq(previews.id, other.made.id));
    expect(await add(other.made.id)).toMatchObject({ status: 422, errors: [{ pointer: '/previewId' }] });
    const { made } = await previewed();
    const [row] = await api.database.db.select().from(previews).where(eq(previews.id, made.id));
    await api.database.db.update(syncs).set({ listingCompletedAt: null }).where(eq(syncs.id, row!.syncId));
    expect(await add(made.id)).toMatchObject({ status: 422, errors: [{ pointer: '/previewId' }] });
  });
});
