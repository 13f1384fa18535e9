import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOutcomes } from '../../../activities/organization-sync/checks/record-outcomes.ts';
import { OutcomeRecorder } from '../../../activities/organization-sync/checks/outcome-recorder.ts';
import { findRememberedClouds, recallClouds } from '../../../db/clouds/recall-clouds.ts';
import { rememberClouds } from '../../../db/clouds/remember-clouds.ts';
import { acknowledgements, auditEvents, clouds, syncAccounts } from '../../../db/schema/index.ts';
import type { CloudWarning } from '../../../domain/clouds/status.ts';
import { insertCloud } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { insertMember, insertOrganization, insertSync, type TestOrganization } from '../../../test/support/organizations.ts';
import { runReconcilerJob } from '../../../test/support/run-reconciler-job.ts';
import { endAcknowledgements } from '../../../worker/reconciler/end-acknowledgements.ts';
import { reconcilerJobs } from '../../../worker/reconciler/reconciler.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const day = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();
const reason = 'The reading product works; the SCP names the Region only.';
const scp: CloudWarning = {
  code: 'denied_by_scp_unverified',
  action: 'ec2:DescribeInstances',
  policy: 'two-regions',
  policyId: 'p-ab12cd34',
  policyHash: 'a'.repeat(64),
  message: 'It may deny.',
};
const gap: CloudWarning = { code: 'missing_permission', action: 'kms:ListKeys', message: 'No policy allows it.' };
const about = ({ code, policyId, action }: CloudWarning, changes: object = {}) => ({
  code,
  ...(policyId === undefined ? {} : { policyId }),
  ...(action === undefined ? {} : { action }),
  reason,
  until: inDays(30),
  ...changes,
});

const member = (organization: TestOrganization, warnings: CloudWarning[]) =>
  insertMember(api.database.db, organization, { status: 'warning', warnings });
const get = async (cloudId: string) => (await api.call('GET', `/v1/clouds/${cloudId}`)).body;
const statusOf = async (cloudId: string): Promise<string> => (await get(cloudId)).status;
const settle = (owner: string, body: object, headers = {}) => api.call('POST', `${owner}/acknowledgements`, body, { headers });

describe('O18, C2: acknowledging a warning of a cloud', () => {
  it('settles exactly that warning: the status leaves it out, and it says who, why and until when', async () => {
    const cloud = await insertCloud(api, { status: 'warning', warnings: [scp, gap] });
    const owner = `/v1/clouds/${cloud.id}`;
    const { status, body: made } = await settle(owner, about(scp));
    expect(status).toBe(201);
    expect(made).toMatchObject({ state: 'active', code: scp.code, policyId: scp.policyId, action: scp.action, reason, endedAt: null });
    const shown = await get(cloud.id);
    expect(shown.status).toBe('warning');
    expect(shown.warnings.map(({ acknowledged }: { acknowledged: unknown }) => acknowledged)).toEqual([
      { id: made.id, by: made.by, reason, until: made.until },
      null,
    ]);
    expect(JSON.stringify(shown)).not.toContain('policyHash');
    expect((await settle(owner, about(gap))).status).toBe(201);
    expect(await statusOf(cloud.id)).toBe('ok');
    const listed = (await api.call('GET', `/v1/clouds?search=${cloud.accountId}&status=ok`)).body;
    expect(listed.items).toEqual([await get(cloud.id)]);
    const trail = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, cloud.id));
    expect(trail.map(({ action }) => action)).toEqual(['cloud.warning_acknowledged', 'cloud.warning_acknowledged']);
    expect(trail[0]!.detail).toMatchObject({ acknowledgementId: made.id, reason });
  });

  it('ends by DELETE, and the warning counts at once', async () => {
    const cloud = await insertCloud(api, { status: 'warning', warnings: [gap] });
    const owner = `/v1/clouds/${cloud.id}`;
    const { body: made } = await settle(owner, about(gap));
    const list = async (state: string) => (await api.call('GET', `${owner}/acknowledgements?state=${state}`)).body;
    expect([await statusOf(cloud.id), (await list('active')).total, (await list('ended')).total]).toEqual(['ok', 1, 0]);
    const other = await insertCloud(api);
    expect((await api.call('DELETE', `/v1/clouds/${other.id}/acknowledgements/${made.id}`)).status).toBe(404);
    expect((await api.call('DELETE', `${owner}/acknowledgements/${made.id}`)).status).toBe(204);
    expect((await api.call('DELETE', `${owner}/acknowledgements/${made.id}`)).status).toBe(404);
    expect([await statusOf(cloud.id), (await list('active')).total]).toEqual(['warning', 0]);
    expect((await list('ended')).items).toMatchObject([{ id: made.id, state: 'ended', endedAt: expect.stringMatching(/Z$/) }]);
    expect((await get(cloud.id)).warnings[0].acknowledged).toBeNull();
  });

  it('ends at its time: the reconciler counts the warning, and says so in the audit trail', async () => {
    const { db } = api.database;
    const cloud = await insertCloud(api, { status: 'warning', warnings: [gap] });
    const { body: made } = await settle(`/v1/clouds/${cloud.id}`, about(gap));
    expect(await runReconcilerJob(endAcknowledgements, db)).toEqual([]);
    expect(await statusOf(cloud.id)).toBe('ok');
    const until = new Date(Date.now() - 1_000);
    await db.update(acknowledgements).set({ until }).where(eq(acknowledgements.id, made.id));
    expect((await get(cloud.id)).warnings[0].acknowledged).toBeNull();
    for (let times = 0; times < 2; times += 1) expect(await runReconcilerJob(endAcknowledgements, db)).toEqual([]);
    expect(await statusOf(cloud.id)).toBe('warning');
    const trail = await db.select().from(auditEvents).where(eq(auditEvents.targetId, cloud.id));
    expect(trail.filter(({ action }) => action === 'cloud.acknowledgement_ended')).toMatchObject([{ actorType: 'system' }]);
    expect(reconcilerJobs).toContain(endAcknowledgements);
  });

  it.each([
    ['another action', { ...scp, action: 'ec2:DescribeVpcs' }],
    ['another policy', { ...scp, policyId: 'p-zz99zz99' }],
    ['another code', { ...scp, code: 'denied_by_scp' }],
    ['another text of the policy', { ...scp, policyHash: 'b'.repeat(64) }],
  ])('does not cover %s', async (_what, later) => {
    const cloud = await insertCloud(api, { status: 'warning', warnings: [scp] });
    await settle(`/v1/clouds/${cloud.id}`, about(scp));
    expect(await statusOf(cloud.id)).toBe('ok');
    await api.database.db
      .update(clouds)
      .set({ status: 'warning', warnings: [later] })
      .where(eq(clouds.id, cloud.id));
    expect(await statusOf(cloud.id)).toBe('warning');
    await api.database.db
      .update(clouds)
      .set({ status: 'warning', warnings: [scp] })
      .where(eq(clouds.id, cloud.id));
    expect(await statusOf(cloud.id)).toBe('ok');
  });

  it.each([
    ['a code of a risk', { code: 'external_id_not_enforced' }, '/code'],
    ['a code of a status', { code: 'role_refused' }, '/code'],
    ['neither policy nor action', { policyId: undefined, action: undefined }, '/action'],
    ['a warning that is not there', { action: 'ec2:DescribeVpcs' }, '/code'],
    ['the policy without its action', { action: undefined }, '/code'],
    ['a short reason', { reason: 'too short' }, '/reason'],
    ['a long reason', { reason: 'x'.repeat(501) }, '/reason'],
    ['a time in the past', { until: inDays(-1) }, '/until'],
    ['a time after 365 days', { until: inDays(366) }, '/until'],
    ['an unknown field', { forever: true }, '/forever'],
  ])('%s is refused', async (_what, changes, pointer) => {
    const cloud = await insertCloud(api, { status: 'warning', warnings: [scp] });
    const { status, body: problem } = await settle(`/v1/clouds/${cloud.id}`, about(scp, changes));
    expect([status, problem.errors?.[0].pointer]).toEqual([422, pointer]);
    expect(await statusOf(cloud.id)).toBe('warning');
  });

  it('S2, S3: a repeat gets the same answer; a viewer reads only', async () => {
    const cloud = await insertCloud(api, { status: 'warning', warnings: [gap] });
    const owner = `/v1/clouds/${cloud.id}`;
    const body = about(gap);
    const viewer = { key: api.viewerKey };
    expect((await api.call('POST', `${owner}/acknowledgements`, body, viewer)).status).toBe(403);
    const answers = [1, 2].map(() => settle(owner, body, { 'Idempotency-Key': `acknowledge-${cloud.id}` }));
    const [first, second] = await Promise.all(answers);
    expect([first!.status, second!.text]).toEqual([201, first!.text]);
    const read = await api.call('GET', `${owner}/acknowledgements`, undefined, viewer);
    expect([read.status, read.body.total]).toEqual([200, 1]);
    expect((await api.call('DELETE', `${owner}/acknowledgements/${first!.body.id}`, undefined, viewer)).status).toBe(403);
  });

  it('C5: a remembered cloud keeps its acknowledgements', async () => {
    const { db } = api.database;
    const organization = await insertOrganization(db, api.sealer);
    const cloudId = await member(organization, [gap]);
    await settle(`/v1/clouds/${cloudId}`, about(gap));
    const [before] = await db.select().from(clouds).where(eq(clouds.id, cloudId));
    await db.transaction(async (tx) => {
      await rememberClouds(tx, [cloudId]);
      await tx.delete(clouds).where(eq(clouds.id, cloudId));
    });
    expect(await db.select().from(acknowledgements).where(eq(acknowledgements.cloudId, cloudId))).toEqual([]);
    await db.transaction(async (tx) => {
      const remembered = await findRememberedClouds(tx, 'aws', [before!.accountId]);
      await tx.insert(clouds).values({ ...before!, status: 'warning' });
      await recallClouds(tx, [...remembered.values()]);
    });
    expect(await get(cloudId)).toMatchObject({ status: 'ok', warnings: [{ acknowledged: { reason } }] });
  });
});

describe('O18: acknowledging a warning of an organization', () => {
  it('covers its clouds, and later ones, and no others', async () => {
    const { db } = api.database;
    const [organization, other] = [await insertOrganization(db, api.sealer), await insertOrganization(db, api.sealer)];
    const now = await member(organization, [scp]);
    const foreign = await member(other, [scp]);
    const owner = `/v1/organizations/${organization.id}`;
    const { status, body: made } = await settle(owner, about(scp));
    expect(status).toBe(201);
    const later = await member(organization, [scp]);
    expect([await statusOf(now), await statusOf(later), await statusOf(foreign)]).toEqual(['ok', 'ok', 'warning']);
    expect((await get(later)).warnings[0].acknowledged).toMatchObject({ id: made.id });
    await db.update(clouds).set({ organizationId: other.id }).where(eq(clouds.id, later));
    expect(await statusOf(later)).toBe('warning');
    expect((await api.call('DELETE', `${owner}/acknowledgements/${made.id}`)).status).toBe(204);
    expect(await statusOf(now)).toBe('warning');
  });

  it('counts in a sync as in the listing', async () => {
    const { db } = api.database;
    const organization = await insertOrganization(db, api.sealer);
    const cloudId = await member(organization, [scp]);
    await settle(`/v1/organizations/${organization.id}`, about(scp));
    const { accountId } = await get(cloudId);
    const syncId = await insertSync(db, organization, { kind: 'recheck', phase: 'applying', lastAccountNumber: 2 });
    const row = { syncId, state: 'active' as const, name: 'account' };
    await db.insert(syncAccounts).values([
      { ...row, accountId, number: 1 },
      { ...row, accountId: '899999999999', number: 2 },
    ]);
    const recorder = new OutcomeRecorder(db, { syncId, credentialSetId: organization.credentialSetId });
    const checked = { checkState: 'done' as const, status: 'warning' as const, reason: null, checkedAt: new Date() };
    recorder.add({ ...checked, accountId, warnings: [scp] });
    recorder.add({ ...checked, accountId: '899999999999', warnings: [scp, gap] });
    await recorder.close();
    expect(recorder.counts).toMatchObject({ ok: 1, warning: 1 });
    await recordOutcomes(db, { syncId, from: 1, to: 2 });
    expect(await statusOf(cloudId)).toBe('ok');
    const kept = await db.execute(
      sql`select count(*)::integer as n from clouds where organization_id = ${organization.id} and status = 'warning'`,
    );
    expect(kept[0]).toEqual({ n: 0 });
  });
});
