import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { credentialSets, delegationRequests } from '../../../db/schema/index.ts';
import { createFakeWorkflows } from '../../../test/support/api/fake-workflows.ts';
import { endRequest, insertCloud, newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { insertOrganization } from '../../../test/support/organizations.ts';

const path = '/v1/delegation-requests';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(() => {
  api.workflows.onOpen = createFakeWorkflows().onOpen;
});

const create = async (changes: Record<string, unknown> = {}) => (await api.call('POST', path, newRequest(changes))).body;
const resend = (id: string, body?: unknown, headers?: Record<string, string>) =>
  api.call('POST', `${path}/${id}/resend`, body, headers ? { headers } : {});

describe('resending', () => {
  it.each(['rejected', 'expired', 'failed', 'cancelled'] as const)('D9: a %s request is resent without any input', async (phase) => {
    const old = await create({ sessionDurationSeconds: 1_234, roleName: 'other-role' });
    await endRequest(api, old.id, phase);
    const { status, headers, body: request } = await resend(old.id);
    expect([status, headers.get('location')]).toEqual([201, `${path}/${request.id}`]);
    expect(request).toMatchObject({ nickname: old.nickname, accountId: old.accountId, roleName: 'other-role', phase: 'requested' });
    const rows = await api.database.db.select().from(delegationRequests).where(eq(delegationRequests.accountId, old.accountId));
    const [before, after] = [rows.find(({ id }) => id === old.id)!, rows.find(({ id }) => id === request.id)!];
    expect([before.resentAs, after.sessionDurationSeconds]).toEqual([request.id, 1_234]);
    expect(after.credentialSetId).not.toBe(before.credentialSetId);
  });

  it('D5 D9: a request for an organization is resent with its scope, with new roles and external ids', async () => {
    const organizationScope = { excludeOuIds: ['ou-ab12-cd34ef56'] };
    const old = await create({ scope: 'organization', roleName: 'other-role', organizationScope });
    await endRequest(api, old.id, 'failed');
    const { status, body: request } = await resend(old.id);
    const { scope, roleName, nickname } = old;
    expect([status, request]).toMatchObject([201, { scope, roleName, nickname, organizationScope: old.organizationScope }]);
    expect(request.organizationScope.excludeOuIds).toEqual(['ou-ab12-cd34ef56']);
    const rows = await api.database.db.select().from(delegationRequests).where(eq(delegationRequests.accountId, old.accountId));
    const sets = await api.database.db
      .select({ kind: credentialSets.kind, roleArn: credentialSets.roleArn })
      .from(credentialSets)
      .where(
        inArray(
          credentialSets.id,
          rows.map((row) => row.credentialSetId!),
        ),
      );
    expect(sets.map(({ kind }) => kind)).toEqual(['organization', 'organization']);
    expect(new Set(sets.map(({ roleArn }) => roleArn)).size).toBe(2);
  });

  it('D5 O6: a request that became an organization is refused with a link to it', async () => {
    const old = await create({ scope: 'organization' });
    await endRequest(api, old.id, 'completed');
    expect((await resend(old.id)).body.code).toBe('request_completed');
    const mine = await insertOrganization(api.database.db, api.sealer, { managementAccountId: old.accountId });
    const { status, body: problem, headers } = await resend(old.id);
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'organization_exists', `/v1/organizations/${mine.id}`]);
  });

  it('D9: a second resend is refused with a link to the first', async () => {
    const old = await create();
    await endRequest(api, old.id, 'expired');
    const { body: first } = await resend(old.id);
    await endRequest(api, first.id, 'expired');
    const { status, headers, body: problem } = await resend(old.id);
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'already_resent', `${path}/${first.id}`]);
  });

  it('D9: exactly one of ten parallel resends wins', async () => {
    const old = await create();
    await endRequest(api, old.id, 'failed');
    const answers = await Promise.all(Array.from({ length: 10 }, () => resend(old.id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'already_resent')).toHaveLength(9);
  });

  it('a running request is refused', async () => {
    const old = await create();
    const { status, body: problem } = await resend(old.id);
    expect([status, problem.code]).toEqual([409, 'request_running']);
    expect(problem.detail).toContain('requested');
  });

  it('D13: a completed request is refused with a link to its cloud', async () => {
    const old = await create();
    await endRequest(api, old.id, 'completed');
    expect((await resend(old.id)).body.code).toBe('request_completed');
    const cloud = await insertCloud(api, { accountId: old.accountId });
    const { body: problem, headers } = await resend(old.id);
    expect([problem.code, headers.get('location')]).toEqual(['account_exists', `/v1/clouds/${cloud.id}`]);
  });

  it('D9: a nickname that was taken in between can be replaced', async () => {
    const old = await create({ nickname: 'sought after' });
    await endRequest(api, old.id, 'rejected');
    await create({ nickname: 'Sought After' });
    expect((await resend(old.id)).body.code).toBe('nickname_taken');
    expect((await resend(old.id, { nickname: 'second choice' })).body.nickname).toBe('second choice');
  });

  it('S2: two calls with one Idempotency-Key create one request', async () => {
    const old = await create();
    await endRequest(api, old.id, 'failed');
    const first = await resend(old.id, {}, { 'Idempotency-Key': 'r1' });
    const second = await resend(old.id, undefined, { 'Idempotency-Key': 'r1' });
    expect([second.status, second.text]).toEqual([201, first.text]);
  });

  it('after AWS was unavailable, the old request can be resent again', async () => {
    const old = await create();
    await endRequest(api, old.id, 'failed');
    api.workflows.onOpen = async ({ id }) => {
      await endRequest(api, id, 'failed', { code: 'aws_unavailable', message: 'no answer' });
      return { kind: 'refused', code: 'aws_unavailable', awsCode: null, message: 'no answer' };
    };
    expect((await resend(old.id)).status).toBe(503);
    api.workflows.onOpen = createFakeWorkflows().onOpen;
    expect((await resend(old.id)).status).toBe(201);
  });

  it('invalid fields and unknown ids are refused', async () => {
    const old = await create();
    expect((await resend(old.id, { nickname: '' })).body.errors[0].pointer).toBe('/nickname');
    expect((await resend('019a0000-0000-7000-8000-000000000001')).status).toBe(404);
  });
});
