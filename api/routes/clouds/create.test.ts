import { eq, like } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rememberClouds } from '../../../db/clouds/remember-clouds.ts';
import { auditEvents, badges, clouds, credentialSets, idempotencyKeys, nicknames } from '../../../db/schema/index.ts';
import type { RoleCredentials } from '../../../db/sealing/secrets.ts';
import { createFakeWorkflows } from '../../../test/support/api/fake-workflows.ts';
import { insertCloud, newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import type { CloudRoleProofResult, RoleProofItem } from '../../../workflows/contracts/cloud-role-proof.ts';

const path = '/v1/clouds';
let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterEach(() => {
  api.workflows.onProve = createFakeWorkflows().onProve;
  api.workflows.proven.length = 0;
});
afterAll(() => api.close());

let accounts = 0;
function newCloud(changes: Record<string, unknown> = {}) {
  accounts += 1;
  const accountId = (changes.accountId as string | undefined) ?? String(730_000_000_000 + accounts);
  const { accountId: _given, ...fields } = changes;
  const body = {
    nickname: `existing ${accountId}`,
    roleArn: `arn:aws:iam::${accountId}:role/team/existing`,
    externalId: 'their-external-id',
    sessionName: 'muster',
    durationSeconds: 3_600,
    ...fields,
  };
  return { accountId, body };
}

const setsOf = (accountId: string) =>
  api.database.db
    .select()
    .from(credentialSets)
    .where(like(credentialSets.roleArn, `%:${accountId}:%`));
const cloudsOf = (accountId: string) => api.database.db.select().from(clouds).where(eq(clouds.accountId, accountId));

/** Expects that a refused call left nothing but, at most, its answer. */
async function expectNothingLeft({ accountId, body }: ReturnType<typeof newCloud>): Promise<void> {
  expect([await setsOf(accountId), await cloudsOf(accountId)]).toEqual([[], []]);
  const named = await api.database.db.select().from(nicknames).where(eq(nicknames.nickname, body.nickname));
  expect(named.filter(({ ownerType }) => ownerType === 'cloud')).toEqual([]);
}

const item = (name: RoleProofItem['name'], passed: boolean): RoleProofItem => ({ name, passed, message: passed ? 'yes' : 'no' });
function answering(verdict: CloudRoleProofResult['verdict'], checks: RoleProofItem[], warnings: { code: string; message: string }[] = []) {
  const proof = verdict === 'unavailable' ? null : { checks, warnings, checkedAt: new Date().toISOString() };
  api.workflows.onProve = () => ({ kind: 'checked', verdict, proof });
}

describe('C4: adding an account by an existing role', () => {
  it('lists it once the role is proven, and keeps the credentials sealed', async () => {
    const { accountId, body: input } = newCloud();
    let before: unknown;
    const { onProve } = createFakeWorkflows();
    api.workflows.onProve = async (set) => {
      before = [await cloudsOf(accountId), (await setsOf(accountId)).map(({ expiresAt }) => expiresAt !== null)];
      return await onProve(set);
    };
    const { status, headers, body, text } = await api.call('POST', path, input, { headers: { 'Idempotency-Key': 'existing-role' } });
    expect(before).toEqual([[], [true]]);
    expect([status, headers.get('location')]).toEqual([201, `${path}/${body.id}`]);
    expect(body).toMatchObject({ accountId, nickname: input.nickname, status: 'ok', warnings: [], managed: false, roleArn: input.roleArn });
    expect(Date.parse(body.lastCheckedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect((await api.call('GET', `${path}/${body.id}`)).body).toEqual(body);
    const [set] = await setsOf(accountId);
    expect([set!.kind, set!.expiresAt, set!.id]).toEqual(['cloud', null, api.workflows.proven[0]!.id]);
    expect(await api.sealer.open<RoleCredentials>(set!.sealed, { table: 'credential_sets', id: set!.id })).toEqual({
      roleArn: input.roleArn,
      externalId: input.externalId,
      sessionName: 'muster',
      durationSeconds: 3_600,
    });
    const trail = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, body.id));
    expect(trail).toMatchObject([{ action: 'cloud.added', actorType: 'api_key', detail: { accountId, role: input.roleArn } }]);
    const keys = await api.database.db.select().from(idempotencyKeys);
    expect(text + JSON.stringify([trail, keys]) + api.logged()).not.toContain('their-external-id');
  });

  it('S2: a repeat with the same key gets the same answer, and no second cloud', async () => {
    const { accountId, body } = newCloud();
    const headers = { 'Idempotency-Key': `repeat-${accountId}` };
    const answers = await Promise.all([1, 2, 3].map(() => api.call('POST', path, body, { headers })));
    answers.push(await api.call('POST', path, body, { headers }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect([await cloudsOf(accountId), await setsOf(accountId)]).toMatchObject([[{}], [{}]]);
    expect((await api.call('POST', path, { ...body, nickname: 'another' }, { headers })).body.code).toBe('idempotency_key_reused');
  });

  it.each([
    ['a role that refuses', [item('assume_role', false), item('refuses_without_external_id', false)]],
    ['a role that does not require its external id', [item('assume_role', true), item('refuses_without_external_id', false)]],
  ])('D12: %s is refused with both checks, and nothing is stored', async (_what, checks) => {
    const call = newCloud();
    answering('refused', checks);
    const headers = { 'Idempotency-Key': `refused-${call.accountId}` };
    const { status, body: problem } = await api.call('POST', path, call.body, { headers });
    expect([status, problem.code, problem.checks]).toEqual([422, 'role_checks_failed', checks]);
    await expectNothingLeft(call);
    answering('accepted', [item('assume_role', true)]);
    expect((await api.call('POST', path, call.body, { headers })).body).toEqual(problem);
  });

  it('D12: with acceptUnenforcedExternalId, such a role is listed with the warning', async () => {
    const { accountId, body: input } = newCloud({ acceptUnenforcedExternalId: true, externalId: undefined });
    const warning = { code: 'external_id_not_enforced', message: 'Muster has no external id.' };
    answering('accepted', [item('assume_role', true), item('refuses_without_external_id', false)], [warning]);
    const { status, body } = await api.call('POST', path, input);
    expect([status, body.status, body.warnings]).toEqual([201, 'warning', [{ ...warning, acknowledged: null }]]);
    expect(api.workflows.proven).toMatchObject([{ acceptUnenforced: true }]);
    expect(await setsOf(accountId)).toHaveLength(1);
  });

  it('S9: without an answer it says so, stores nothing, and a repeat starts from the beginning', async () => {
    const call = newCloud();
    const headers = { 'Idempotency-Key': `again-${call.accountId}` };
    const outcomes = [
      ['aws_unavailable', { kind: 'checked', verdict: 'unavailable', proof: null }],
      ['no_worker', { kind: 'unanswered' }],
      ['check_interrupted', { kind: 'interrupted' }],
    ] as const;
    for (const [code, outcome] of outcomes) {
      api.workflows.onProve = () => outcome;
      const { status, body: problem } = await api.call('POST', path, call.body, { headers });
      expect([status, problem.code]).toEqual([503, code]);
      await expectNothingLeft(call);
    }
    api.workflows.onProve = createFakeWorkflows().onProve;
    expect((await api.call('POST', path, call.body, { headers })).status).toBe(201);
  });

  it('D13: an account that is listed or being requested is refused with a link, before AWS is asked', async () => {
    const listed = await insertCloud(api);
    const known = await api.call('POST', path, newCloud({ accountId: listed.accountId }).body);
    expect([known.status, known.body.code, known.headers.get('location')]).toEqual([409, 'account_exists', `${path}/${listed.id}`]);
    const request = newRequest();
    const made = await api.call('POST', '/v1/delegation-requests', request);
    const running = await api.call('POST', path, newCloud({ accountId: request.accountId }).body);
    expect([running.status, running.body.code, running.headers.get('location')]).toEqual([
      409,
      'request_running',
      `/v1/delegation-requests/${made.body.id}`,
    ]);
    const taken = await api.call('POST', path, newCloud({ nickname: String(request.nickname).toUpperCase() }).body);
    expect([taken.status, taken.body.code]).toEqual([409, 'nickname_taken']);
    expect(api.workflows.proven).toEqual([]);
  });

  it('D13: one of parallel calls for an account succeeds', async () => {
    const accountId = '739999999999';
    const answers = await Promise.all(
      [1, 2, 3, 4].map((index) => api.call('POST', path, newCloud({ accountId, nickname: `parallel ${index}` }).body)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(Array(3).fill('account_exists'));
    expect(await setsOf(accountId)).toHaveLength(1);
    const named = await api.database.db.select().from(nicknames).where(like(nicknames.nickname, 'parallel %'));
    expect(named).toHaveLength(1);
  });

  it('C5: a remembered cloud returns with its id and hand-made badges, and the new nickname', async () => {
    const { db } = api.database;
    const cloud = await insertCloud(api);
    await db.insert(badges).values({ cloudId: cloud.id, key: 'team', value: 'blue', source: 'person' });
    await db.transaction(async (tx) => {
      await rememberClouds(tx, [cloud.id]);
      await tx.delete(clouds).where(eq(clouds.id, cloud.id));
      await tx.delete(nicknames).where(eq(nicknames.ownerId, cloud.id));
    });
    const { status, body } = await api.call('POST', path, newCloud({ accountId: cloud.accountId, nickname: 'back again' }).body);
    expect([status, body.id, body.nickname]).toEqual([201, cloud.id, 'back again']);
    expect((await api.call('GET', `${path}/${cloud.id}/badges`)).body.items).toMatchObject([{ key: 'team', value: 'blue' }]);
    const trail = await db.select().from(auditEvents).where(eq(auditEvents.targetId, cloud.id));
    expect(trail.map(({ action }) => action).toSorted()).toEqual(['cloud.added', 'cloud.returned']);
  });

  it('S3: a viewer may not', async () => {
    const call = newCloud();
    expect((await api.call('POST', path, call.body, { key: api.viewerKey })).status).toBe(403);
    await expectNothingLeft(call);
  });
});
