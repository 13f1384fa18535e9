import { eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../db/client.ts';
import { auditEvents, badges, clouds, credentialSets, nicknames, rememberedClouds } from '../../../db/schema/index.ts';
import type { RoleCredentials } from '../../../db/sealing/secrets.ts';
import { insertCloud, newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { createFakeWorkflows } from '../../../test/support/api/fake-workflows.ts';
import { insertOrganization } from '../../../test/support/organizations.ts';
import type { Call } from '../../context.ts';
import { listClouds } from '../../services/clouds/list.ts';
import type { RoleProofItem } from '../../../workflows/contracts/cloud-role-proof.ts';

const path = '/v1/clouds';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const idsOf = async (query: string): Promise<string[]> => {
  const { status, body } = await api.call('GET', `${path}?${query}`);
  expect(status).toBe(200);
  expect(body.total).toBe(body.items.length);
  return body.items.map((item: { id: string }) => item.id);
};

describe('a cloud', () => {
  it('C2: is shown field by field, with only the role ARN of its credentials', async () => {
    const cloud = await insertCloud(api, {
      status: 'access_denied',
      statusCode: 'role_denied',
      statusMessage: 'The role does not let us in.',
      warnings: [{ code: 'missing_permission', action: 's3:ListBucket', message: 'may not list' }],
      lastCheckedAt: new Date('2026-02-03T04:05:06.007Z'),
    });
    const { status, body, text } = await api.call('GET', `${path}/${cloud.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: cloud.id,
      provider: 'aws',
      partition: 'aws',
      accountId: cloud.accountId,
      name: null,
      nickname: `cloud ${cloud.accountId}`,
      status: 'access_denied',
      statusReason: { code: 'role_denied', message: 'The role does not let us in.' },
      warnings: [{ code: 'missing_permission', action: 's3:ListBucket', message: 'may not list', acknowledged: null }],
      managed: false,
      organizationId: null,
      organizationPath: null,
      roleArn: cloud.roleArn,
      lastCheckedAt: '2026-02-03T04:05:06.007Z',
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(text).not.toContain(cloud.externalId);
  });
});

describe('the list of clouds', () => {
  it('C1: pages show every cloud once, in the order of creation', async () => {
    const sameTime = new Date('2026-01-01T00:00:00.000Z');
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.push((await insertCloud(api, { nickname: `row ${index}`, createdAt: sameTime })).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body: page } = await api.call('GET', `${path}?limit=2&search=row${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.total).toBe(7);
      seen.push(...page.items.map((item: { id: string }) => item.id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(made);
  });

  it('C1 B1: can be searched and filtered, and filters combine', async () => {
    const { id: organizationId } = await insertOrganization(api.database.db, api.sealer);
    const member = { managed: true, organizationId };
    const a = await insertCloud(api, { nickname: 'filter alpha', status: 'ok', ...member });
    const b = await insertCloud(api, { nickname: 'filter beta', status: 'pending' });
    const c = await insertCloud(api, { nickname: null, name: 'filter gamma', status: 'suspended', ...member });
    await api.database.db.insert(badges).values([
      { cloudId: a.id, key: 'env', value: 'prod', source: 'tag' },
      { cloudId: a.id, key: 'a:b\\c', value: 'x:y', source: 'person' },
      { cloudId: b.id, key: 'env', value: 'prod', source: 'tag' },
      { cloudId: c.id, key: 'env', value: 'Prod', source: 'tag' },
    ]);
    expect(await idsOf('search=FILTER')).toEqual([a.id, b.id, c.id]);
    expect(await idsOf(`search=${b.accountId}`)).toEqual([b.id]);
    expect(await idsOf('search=filter&status=ok&status=suspended')).toEqual([a.id, c.id]);
    expect(await idsOf(`organizationId=${organizationId}`)).toEqual([a.id, c.id]);
    expect(await idsOf('badge=env:prod')).toEqual([a.id, b.id]);
    expect(await idsOf(`badge=env:prod&badge=${encodeURIComponent('a\\:b\\\\c:x:y')}`)).toEqual([a.id]);
    expect(await idsOf('badge=env:prod&status=pending')).toEqual([b.id]);
    expect(await idsOf('badge=env:')).toEqual([]);
    // More badges than are joined one by one, and the same badge twice.
    const many = Array.from({ length: 8 }, (_, index) => ({ key: `many-${index}`, value: 'yes' }));
    await api.database.db.insert(badges).values(many.map((one) => ({ ...one, cloudId: b.id, source: 'person' as const })));
    await api.database.db.insert(badges).values(many.slice(1).map((one) => ({ ...one, cloudId: a.id, source: 'person' as const })));
    const all = many.map(({ key, value }) => `badge=${key}:${value}`).join('&');
    expect(await idsOf(all)).toEqual([b.id]);
    expect(await idsOf(`${all}&${all}&badge=env:prod`)).toEqual([b.id]);
    expect(await idsOf(`${all}&badge=env:other`)).toEqual([]);
  });

  it('B1 C1: the total of a badge filter is right on every page, alone and with other filters', async () => {
    const made = await Promise.all((['ok', 'ok', 'pending', 'ok'] as const).map((status) => insertCloud(api, { nickname: null, status })));
    await api.database.db.insert(badges).values(
      made.flatMap(({ id: cloudId }, index) => [
        { cloudId, key: 'counted', value: 'yes', source: 'tag' as const },
        { cloudId, key: 'half', value: String(index % 2), source: 'tag' as const },
      ]),
    );
    const total = async (query: string) => (await api.call('GET', `${path}?limit=1&${query}`)).body.total;
    expect(await total('badge=counted:yes')).toBe(4);
    expect((await api.call('GET', `${path}?limit=4&badge=counted:yes`)).body).toMatchObject({ total: 4, nextCursor: null });
    expect(await total('badge=counted:yes&badge=half:1')).toBe(2);
    expect(await total('badge=half:1&badge=counted:yes&badge=half:0')).toBe(0);
    expect(await total('badge=counted:yes&status=ok')).toBe(3);
    const first = await api.call('GET', `${path}?limit=3&badge=counted:yes`);
    const second = await api.call('GET', `${path}?limit=3&badge=counted:yes&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect([ids, second.body.total, second.body.nextCursor]).toEqual([made.map(({ id }) => id).toSorted(), 4, null]);
  });

  it.each([
    ['status=fine', '/status/0'],
    ['badge=novalue', '/badge/0'],
    ['badge=a:b&badge=:x', '/badge/1'],
    ['organizationId=o-123', '/organizationId'],
    ['cursor=zzz', '/cursor'],
  ])('the query %s is refused', async (query, pointer) => {
    const { status, body: problem } = await api.call('GET', `${path}?${query}`);
    expect([status, problem.errors.map((fault: { pointer: string }) => fault.pointer)]).toEqual([422, [pointer]]);
  });
});

describe('renaming', () => {
  it('C3 D1 S3: claims the new nickname, frees the old one, and is in the audit trail', async () => {
    const cloud = await insertCloud(api, { nickname: 'before' });
    const { status, body } = await api.call('PATCH', `${path}/${cloud.id}`, { nickname: 'after' });
    expect([status, body.nickname]).toEqual([200, 'after']);
    expect((await api.call('POST', '/v1/delegation-requests', newRequest({ nickname: 'before' }))).status).toBe(201);
    expect((await api.call('POST', '/v1/delegation-requests', newRequest({ nickname: 'AFTER' }))).body.code).toBe('nickname_taken');
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, cloud.id));
    expect(audit).toMatchObject({ action: 'cloud.renamed', actorName: 'Ada Admin', detail: { from: 'before', to: 'after' } });
  });

  it("a cloud's nickname may change in case only", async () => {
    const cloud = await insertCloud(api, { nickname: 'lower case' });
    expect((await api.call('PATCH', `${path}/${cloud.id}`, { nickname: 'Lower Case' })).body.nickname).toBe('Lower Case');
  });

  it('D1: a taken nickname is refused and the old one kept; exactly one of ten parallel calls wins', async () => {
    const taken = await insertCloud(api, { nickname: 'somebody' });
    const cloud = await insertCloud(api, { nickname: 'me' });
    const { status, body: problem } = await api.call('PATCH', `${path}/${cloud.id}`, { nickname: 'Somebody' });
    expect([status, problem.code]).toEqual([409, 'nickname_taken']);
    expect((await api.call('PATCH', `${path}/${taken.id}`, { nickname: 'me' })).status).toBe(409);
    const many = await Promise.all(Array.from({ length: 10 }, () => insertCloud(api)));
    const answers = await Promise.all(many.map(({ id }) => api.call('PATCH', `${path}/${id}`, { nickname: 'the one' })));
    expect(answers.filter(({ status: code }) => code === 200)).toHaveLength(1);
  });

  it.each([{}, { nickname: '' }, { nickname: null }, { nickname: 'ok', status: 'ok' }])('%j is refused', async (change) => {
    const cloud = await insertCloud(api);
    expect((await api.call('PATCH', `${path}/${cloud.id}`, change)).status).toBe(422);
  });
});

describe('replacing credentials', () => {
  const input = (accountId: string, changes: Record<string, unknown> = {}) => ({
    roleArn: `arn:aws:iam::${accountId}:role/path/other`,
    externalId: 'their-external-id',
    sessionName: 'their-session',
    durationSeconds: 900,
    ...changes,
  });

  async function secretOf(cloudId: string): Promise<RoleCredentials> {
    const [row] = await api.database.db
      .select({ id: credentialSets.id, sealed: credentialSets.sealed })
      .from(clouds)
      .innerJoin(credentialSets, eq(credentialSets.id, clouds.credentialSetId))
      .where(eq(clouds.id, cloudId));
    return await api.sealer.open<RoleCredentials>(row!.sealed, { table: 'credential_sets', id: row!.id });
  }

  it('D11 S3 C4: proves the new ones, seals them, erases the old ones, and shows no secret', async () => {
    const cloud = await insertCloud(api, {
      status: 'access_denied',
      statusCode: 'role_denied',
      statusMessage: 'no',
      delegationRequestId: null,
    });
    const { status, body, text } = await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId));
    expect([status, body.status, body.statusReason, body.roleArn]).toEqual([200, 'ok', null, input(cloud.accountId).roleArn]);
    expect(await secretOf(cloud.id)).toEqual(input(cloud.accountId));
    expect(await api.database.db.select().from(credentialSets).where(eq(credentialSets.id, cloud.credentialSetId))).toEqual([]);
    expect(api.workflows.proven.at(-1)).toMatchObject({ roleArn: input(cloud.accountId).roleArn, acceptUnenforced: false });
    expect(Date.parse(body.lastCheckedAt)).toBeGreaterThan(Date.now() - 60_000);
    const trail = (await api.call('GET', `/v1/audit-events?targetId=${cloud.id}`)).text;
    expect(trail).toContain('cloud.credentials_replaced');
    expect(text + trail + api.logged()).not.toContain('their-external-id');
  });

  it('D12: the external id of a role that Muster deployed stays, and cannot be set', async () => {
    const cloud = await insertCloud(api);
    const own = { roleArn: cloud.roleArn, sessionName: 'new-session', durationSeconds: 1_800 };
    const refused = await api.call('PUT', `${path}/${cloud.id}/credentials`, { ...own, externalId: 'mine-now' });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/externalId']);
    expect((await api.call('PUT', `${path}/${cloud.id}/credentials`, own)).status).toBe(200);
    expect(await secretOf(cloud.id)).toEqual({ ...own, externalId: cloud.externalId });
  });

  it('A5: the deployed role sleeps while another role is in use, and returns with its external id', async () => {
    const cloud = await insertCloud(api);
    const put = (body: Record<string, unknown>) => api.call('PUT', `${path}/${cloud.id}/credentials`, body);
    const own = { roleArn: cloud.roleArn, sessionName: 'new-session', durationSeconds: 1_800 };
    for (const roleName of ['other', 'third']) {
      const roleArn = `arn:aws:iam::${cloud.accountId}:role/${roleName}`;
      expect((await put(input(cloud.accountId, { roleArn }))).body).toMatchObject({ roleArn });
      expect((await secretOf(cloud.id)).externalId).toBe('their-external-id');
    }
    expect((await put({ ...own, externalId: 'mine-now' })).status).toBe(422);
    expect((await put(own)).status).toBe(200);
    expect(await secretOf(cloud.id)).toEqual({ ...own, externalId: cloud.externalId });
    expect((await put(own)).status).toBe(200);
    expect(await secretOf(cloud.id)).toEqual({ ...own, externalId: cloud.externalId });
    // One set for the cloud; nothing of the others is left.
    const left = await api.database.db
      .select()
      .from(credentialSets)
      .where(like(credentialSets.roleArn, `%${cloud.accountId}%`));
    expect(left).toHaveLength(1);
  });

  it('A5: a removed cloud leaves neither the credentials in use nor the sleeping ones', async () => {
    const cloud = await insertCloud(api);
    const roleArn = `arn:aws:iam::${cloud.accountId}:role/other`;
    expect((await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId, { roleArn }))).status).toBe(200);
    expect((await api.call('DELETE', `${path}/${cloud.id}`)).status).toBe(200);
    expect(
      await api.database.db
        .select()
        .from(credentialSets)
        .where(like(credentialSets.roleArn, `%${cloud.accountId}%`)),
    ).toEqual([]);
  });

  it.each(['refused', 'unavailable'] as const)('A5: %s, the old ones stay and the new ones are erased', async (verdict) => {
    const cloud = await insertCloud(api);
    const before = (await api.call('GET', `${path}/${cloud.id}`)).body;
    const checks: RoleProofItem[] = [
      { name: 'assume_role', passed: true, message: 'yes' },
      { name: 'refuses_without_external_id', passed: false, message: 'It accepts.' },
    ];
    const proof = verdict === 'refused' ? { checks, warnings: [], checkedAt: new Date().toISOString() } : null;
    api.workflows.onProve = () => ({ kind: 'checked', verdict, proof });
    const { status, body: problem } = await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId));
    api.workflows.onProve = createFakeWorkflows().onProve;
    expect([status, problem.code]).toEqual(verdict === 'refused' ? [422, 'role_checks_failed'] : [503, 'aws_unavailable']);
    if (verdict === 'refused') expect(problem.checks).toEqual(checks);
    expect((await api.call('GET', `${path}/${cloud.id}`)).body).toEqual(before);
    const left = await api.database.db
      .select()
      .from(credentialSets)
      .where(like(credentialSets.roleArn, `%${cloud.accountId}%`));
    expect(left.map(({ id }) => id)).toEqual([cloud.credentialSetId]);
  });

  it('A5: are not used by a cloud that an organization took over during the proof', async () => {
    const cloud = await insertCloud(api);
    const organization = await insertOrganization(api.database.db, api.sealer);
    const { onProve } = createFakeWorkflows();
    api.workflows.onProve = async (set) => {
      await api.database.db.update(clouds).set({ managed: true, organizationId: organization.id }).where(eq(clouds.id, cloud.id));
      return await onProve(set);
    };
    const { status, body: problem } = await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId));
    api.workflows.onProve = onProve;
    expect([status, problem.code]).toEqual([409, 'cloud_is_managed']);
    expect((await secretOf(cloud.id)).externalId).toBe(cloud.externalId);
  });

  it('O12: is refused for a managed cloud', async () => {
    const cloud = await insertCloud(api, { managed: true });
    const { status, body: problem } = await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId));
    expect([status, problem.code]).toEqual([409, 'cloud_is_managed']);
    expect((await secretOf(cloud.id)).externalId).toBe(cloud.externalId);
  });

  it.each(['arn:aws:iam::999999999999:role/other', 'arn:aws-us-gov:iam::ACCOUNT:role/other'])(
    'a role in another account or partition (%s) is refused',
    async (arn) => {
      const cloud = await insertCloud(api);
      const roleArn = arn.replace('ACCOUNT', cloud.accountId);
      const { status, body: problem } = await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId, { roleArn }));
      expect([status, problem.errors[0].pointer]).toEqual([422, '/roleArn']);
    },
  );

  it('all invalid fields are reported at once, each with its own message', async () => {
    const cloud = await insertCloud(api);
    const { body: problem } = await api.call('PUT', `${path}/${cloud.id}/credentials`, {
      roleArn: 'arn:aws:iam::1:role/x',
      externalId: 'x',
      sessionName: 'a b',
      durationSeconds: 899,
    });
    expect(problem.errors).toEqual([
      { pointer: '/roleArn', message: expect.stringContaining('A role ARN must have the form') },
      { pointer: '/externalId', message: expect.stringContaining('2 to 1,224') },
      { pointer: '/sessionName', message: expect.stringContaining('2 to 64') },
      { pointer: '/durationSeconds', message: expect.stringContaining('from 900 to 43200') },
    ]);
  });

  it('ten parallel replacements leave no mix of credentials', async () => {
    const cloud = await insertCloud(api);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId, { sessionName: `session-${index}` })),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect((await secretOf(cloud.id)).sessionName).toMatch(/^session-\d$/);
  });

  it('without Temporal, answers 503 and changes nothing', async () => {
    const cloud = await insertCloud(api);
    api.workflows.isReachable = false;
    const { status } = await api.call('PUT', `${path}/${cloud.id}/credentials`, input(cloud.accountId));
    api.workflows.isReachable = true;
    expect([status, (await secretOf(cloud.id)).externalId]).toEqual([503, cloud.externalId]);
  });
});

describe('removing', () => {
  it('C3: shows what stays in the account, frees the nickname, and erases the credentials and badges', async () => {
    const cloud = await insertCloud(api, { nickname: 'leaving' });
    await api.database.db.insert(badges).values({ cloudId: cloud.id, key: 'k', value: 'v', source: 'person' });
    const { status, body } = await api.call('DELETE', `${path}/${cloud.id}`);
    expect([status, body]).toEqual([
      200,
      {
        leftInAccount: [
          { type: 'AWS::CloudFormation::Stack', name: 'muster-onboarding' },
          { type: 'AWS::IAM::Role', name: 'muster-harvesting' },
        ],
      },
    ]);
    expect(await api.database.db.select().from(credentialSets).where(eq(credentialSets.id, cloud.credentialSetId))).toEqual([]);
    expect(await api.database.db.select().from(nicknames).where(eq(nicknames.ownerId, cloud.id))).toEqual([]);
    expect((await api.call('GET', `${path}/${cloud.id}`)).status).toBe(404);
    expect(
      (await api.call('POST', '/v1/delegation-requests', newRequest({ nickname: 'leaving', accountId: cloud.accountId }))).status,
    ).toBe(201);
    expect((await api.call('DELETE', `${path}/${cloud.id}`)).status).toBe(404);
  });

  it('O12: is refused for a managed cloud', async () => {
    const cloud = await insertCloud(api, { managed: true });
    const { status, body: problem } = await api.call('DELETE', `${path}/${cloud.id}`);
    expect([status, problem.code]).toEqual([409, 'cloud_is_managed']);
    expect((await api.call('GET', `${path}/${cloud.id}`)).status).toBe(200);
  });

  it('A4 C5: forgets the account at once', async () => {
    const cloud = await insertCloud(api);
    const memory = { partition: 'aws', accountId: cloud.accountId, cloudId: cloud.id, expiresAt: new Date(Date.now() + 60_000) };
    await api.database.db.insert(rememberedClouds).values(memory);
    expect((await api.call('DELETE', `${path}/${cloud.id}`)).status).toBe(200);
    expect(await api.database.db.$count(rememberedClouds, eq(rememberedClouds.accountId, cloud.accountId))).toBe(0);
  });
});

describe('rechecking', () => {
  it('C3: starts a check and returns the cloud', async () => {
    const cloud = await insertCloud(api);
    const { status, headers, body } = await api.call('POST', `${path}/${cloud.id}/recheck`);
    expect([status, headers.get('location'), body.id]).toEqual([202, `${path}/${cloud.id}`, cloud.id]);
    expect(api.workflows.rechecked).toContain(cloud.id);
    expect(api.workflows.replacedRechecks).not.toContain(cloud.id);
  });

  it('C3: a suspended cloud that its organization released is checked, because no sync would notice that it is active', async () => {
    const cloud = await insertCloud(api, { status: 'suspended' });
    expect((await api.call('POST', `${path}/${cloud.id}/recheck`)).status).toBe(202);
    expect(api.workflows.rechecked).toContain(cloud.id);
  });

  it('C2: is refused for a suspended account that an organization manages', async () => {
    const cloud = await insertCloud(api, { status: 'suspended', managed: true });
    const { status, body: problem } = await api.call('POST', `${path}/${cloud.id}/recheck`);
    expect([status, problem.code]).toEqual([409, 'cloud_is_suspended']);
    expect(api.workflows.rechecked).not.toContain(cloud.id);
  });

  it('without Temporal, answers 503 with Retry-After', async () => {
    const cloud = await insertCloud(api);
    api.workflows.isReachable = false;
    const { status, headers } = await api.call('POST', `${path}/${cloud.id}/recheck`);
    api.workflows.isReachable = true;
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('B1: a filter by many badges', () => {
  it('B1: 21 badges are refused with 422 before they reach the database', async () => {
    const filter = (count: number) => Array.from({ length: count }, (_, index) => `badge=key-${index}:value`).join('&');
    const refused = await api.call('GET', `/v1/clouds?${filter(500)}`);
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [{ pointer: '/badge', message: 'A parameter may repeat at most 20 times.' }],
    ]);
    expect((await api.call('GET', `/v1/clouds?${filter(21)}`)).status).toBe(422);
    expect((await api.call('GET', `/v1/clouds?${filter(20)}`)).status).toBe(200);
  });

  it('B1: Postgres plans a filter by 20 badges within milliseconds', async () => {
    const statements: [string, unknown[]][] = [];
    const database = openDatabase({
      url: api.databaseUrl,
      applicationName: 'planned',
      onStatement: (text, parameters) => void statements.push([text, parameters]),
    });
    const badge = Array.from({ length: 20 }, (_, index) => ({ key: `key-${index}`, value: 'value' }));
    await listClouds({ deps: { database } } as unknown as Call, { badge, limit: 50 });
    await database.close();
    // Twenty joins took Postgres minutes to plan. The number of joins is the law, because times depend on the machine.
    for (const [text] of statements) expect(text.match(/exists \(select/g)?.length).toBeLessThanOrEqual(5);
    expect(statements.length).toBeGreaterThan(0);
  });
});
