import { createHash, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents, credentialSets, delegationRequests, idempotencyKeys, nicknames } from '../../../db/schema/index.ts';
import type { OrganizationCredentials, RoleCredentials } from '../../../db/sealing/secrets.ts';
import { parseSealingKeys } from '../../../config/sealing-keys.ts';
import { createFakeWorkflows } from '../../../test/support/api/fake-workflows.ts';
import { endRequest, freshAccountId, insertCloud, newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { insertMember, insertOrganization, insertSync } from '../../../test/support/organizations.ts';
import { insertSnapshot } from '../../../test/support/snapshots.ts';
import { wholeOrganization } from '../../../domain/organizations/scope.ts';

const path = '/v1/delegation-requests';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(() => {
  const { onOpen } = createFakeWorkflows();
  Object.assign(api.workflows, { onOpen, isReachable: true });
  api.workflows.opened.length = 0;
});

async function rowOf(id: string) {
  const [row] = await api.database.db.select().from(delegationRequests).where(eq(delegationRequests.id, id));
  return row!;
}

describe('requesting delegated access', () => {
  it('D2: the call returns the console link, the request id and the permissions of a reviewer', async () => {
    const body = newRequest();
    const { status, headers, body: request } = await api.call('POST', path, body);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${path}/${request.id}`);
    expect(request).toEqual({
      id: expect.any(String),
      nickname: body['nickname'],
      scope: 'account',
      accountId: body['accountId'],
      roleName: 'muster-harvesting',
      organizationScope: null,
      warnings: [],
      phase: 'requested',
      awsState: null,
      awsRequestId: 'dr-0123456789abcdef',
      consoleUrl: 'https://console.aws.example/dr-0123456789abcdef',
      expiresAt: null,
      failure: null,
      stack: null,
      reviewerPermissions: expect.arrayContaining(['iam:AcceptDelegationRequest', 'iam:SendDelegationToken']),
      cloudId: null,
      organizationId: null,
      resentAs: null,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect((await rowOf(request.id)).workflowStartedAt).not.toBeNull();
  });

  it('D12 D11: a generated external id is sealed for the new role, and no answer or log shows it', async () => {
    const { body: request } = await api.call('POST', path, newRequest());
    const row = await rowOf(request.id);
    const [set] = await api.database.db.select().from(credentialSets).where(eq(credentialSets.id, row.credentialSetId!));
    const secret = await api.sealer.open<RoleCredentials>(set!.sealed, { table: 'credential_sets', id: set!.id });
    expect(secret).toEqual({
      roleArn: `arn:aws:iam::${request.accountId}:role/muster-harvesting`,
      externalId: expect.stringMatching(/^[\w-]{43}$/),
      sessionName: 'muster-onboarding',
      durationSeconds: 3_600,
    });
    const shown = await Promise.all(
      [path, `${path}/${request.id}`, '/v1/audit-events'].map(async (page) => (await api.call('GET', page)).text),
    );
    expect([...shown, api.logged()].join('')).not.toContain(secret.externalId);
  });

  it('D12: every request gets its own external id, and the caller cannot choose one', async () => {
    const made = await Promise.all([1, 2, 3].map(async () => (await api.call('POST', path, newRequest())).body));
    const externalIds = await Promise.all(
      made.map(async ({ id }) => {
        const [set] = await api.database.db
          .select()
          .from(credentialSets)
          .where(eq(credentialSets.id, (await rowOf(id)).credentialSetId!));
        return (await api.sealer.open<RoleCredentials>(set!.sealed, { table: 'credential_sets', id: set!.id })).externalId;
      }),
    );
    expect(new Set(externalIds).size).toBe(3);
    const { status, body: problem } = await api.call('POST', path, { ...newRequest(), externalId: 'of-my-own-choice' });
    expect([status, problem.code]).toEqual([422, 'invalid_input']);
  });

  it('S3 D8: the caller is in the audit trail and in the first entry of the timeline', async () => {
    const { body: request } = await api.call('POST', path, newRequest(), { headers: { 'X-Request-Id': 'console-42' } });
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, request.id));
    expect(audit).toMatchObject({ action: 'delegation_request.created', actorName: 'Ada Admin', requestId: 'console-42' });
    const { body: shown } = await api.call('GET', `${path}/${request.id}`);
    expect(shown.timeline).toMatchObject([{ id: 1, type: 'requested', detail: { by: 'Ada Admin' } }]);
  });

  it('without a worker within 10 s, answers 202 with the recorded request, which the reconciler starts', async () => {
    api.workflows.onOpen = () => ({ kind: 'unanswered', started: false });
    const { status, headers, body: request } = await api.call('POST', path, newRequest());
    expect([status, headers.get('location')]).toEqual([202, `${path}/${request.id}`]);
    expect([request.awsRequestId, request.consoleUrl]).toEqual([null, null]);
    expect((await rowOf(request.id)).workflowStartedAt).toBeNull();
  });

  it('S2: without Temporal, answers 503 and leaves nothing behind: the nickname is free', async () => {
    api.workflows.isReachable = false;
    const body = newRequest();
    const { status, headers, body: problem } = await api.call('POST', path, body);
    expect([status, problem.code, headers.get('retry-after')]).toEqual([503, 'temporal_unavailable', '5']);
    api.workflows.isReachable = true;
    expect((await api.call('POST', path, body)).status).toBe(201);
  });
});

describe('D5: requesting access to an organization through its management account', () => {
  const newOrganizationRequest = (changes: Record<string, unknown> = {}) => newRequest({ scope: 'organization', ...changes });

  it('takes the scope of the import; the default is the whole organization', async () => {
    const { status, body: whole } = await api.call('POST', path, newOrganizationRequest());
    expect([status, whole.scope, whole.organizationScope, whole.organizationId]).toEqual([201, 'organization', wholeOrganization, null]);
    const organizationScope = { includeOuIds: ['ou-ab12-cd34ef56', 'ou-ab12-cd34ef56'], autoRemoveSuspended: true };
    const { body: limited } = await api.call('POST', path, newOrganizationRequest({ organizationScope }));
    expect(limited.organizationScope).toEqual({ ...wholeOrganization, includeOuIds: ['ou-ab12-cd34ef56'], autoRemoveSuspended: true });
    expect((await api.call('GET', `${path}/${limited.id}`)).body.organizationScope).toEqual(limited.organizationScope);
  });

  it('D12 D11: two roles with different external ids are sealed as one set; no answer or log shows the ids', async () => {
    const { body: request } = await api.call('POST', path, newOrganizationRequest());
    const row = await rowOf(request.id);
    const [set] = await api.database.db.select().from(credentialSets).where(eq(credentialSets.id, row.credentialSetId!));
    const secret = await api.sealer.open<OrganizationCredentials>(set!.sealed, { table: 'credential_sets', id: set!.id });
    const roleArn = `arn:aws:iam::${request.accountId}:role/muster-organization-${request.id.slice(-8)}`;
    const made = { externalId: expect.stringMatching(/^[\w-]{43}$/), sessionName: 'muster-onboarding', durationSeconds: 3_600 };
    expect(secret).toEqual({ organizationRole: { roleArn, ...made }, memberRole: { roleName: 'muster-harvesting', ...made } });
    expect([set!.kind, set!.roleArn, set!.expiresAt]).toEqual(['organization', roleArn, null]);
    const ids = [secret.organizationRole.externalId!, secret.memberRole.externalId!];
    expect(new Set(ids).size).toBe(2);
    const shown = await Promise.all(
      [path, `${path}/${request.id}`, '/v1/audit-events'].map(async (page) => (await api.call('GET', page)).text),
    );
    for (const id of ids) expect([...shown, api.logged()].join('')).not.toContain(id);
  });

  it('S5: the run and the timeline show that the request is for an organization', async () => {
    const { body: request } = await api.call('POST', path, newOrganizationRequest());
    expect(api.workflows.opened).toMatchObject([{ id: request.id, scope: 'organization' }]);
    const { body: shown } = await api.call('GET', `${path}/${request.id}`);
    expect(shown.timeline[0].message).toContain(`the organization of account ${request.accountId}`);
  });

  const wrongScopes: [string, unknown, string, RegExp][] = [
    ['a number in place of an object', 7, '', /The scope must be a JSON object/],
    ['an unknown field', { depth: 3 }, '/depth', /no field "depth"/],
    ['an empty prefix', { excludeNamePrefixes: [''] }, '/excludeNamePrefixes/0', /name prefix must be text/],
    ['text in place of a list', { includeOuIds: 'ou-ab12-cd34ef56' }, '/includeOuIds', /must be a list of at most/],
    ['an invalid unit id', { includeOuIds: ['ou-1'] }, '/includeOuIds/0', /organizational unit id must have the form/],
    ['a root to exclude', { excludeOuIds: ['r-ab12'] }, '/excludeOuIds/0', /organizational unit id must have the form/],
    ['an invalid account id', { excludeAccountIds: ['1'] }, '/excludeAccountIds/0', /12 digits/],
    ['text in place of a boolean', { autoRemoveSuspended: 'yes' }, '/autoRemoveSuspended', /true or false/],
  ];
  it.each(wrongScopes)('a scope with %s is refused with its own message', async (_what, organizationScope, pointer, message) => {
    const { status, body: problem } = await api.call('POST', path, newOrganizationRequest({ organizationScope }));
    expect([status, problem.code]).toEqual([422, 'invalid_input']);
    expect(problem.errors).toEqual([{ pointer: `/organizationScope${pointer}`, message: expect.stringMatching(message) }]);
  });

  it('O6: an account that manages a registered organization is refused with a link to the organization', async () => {
    const mine = await insertOrganization(api.database.db, api.sealer);
    const body = newOrganizationRequest({ accountId: mine.managementAccountId });
    const { status, headers, body: problem } = await api.call('POST', path, body);
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'organization_exists', `/v1/organizations/${mine.id}`]);
    expect(problem.detail).toContain(mine.nickname);
    const claimed = await api.database.db
      .select()
      .from(nicknames)
      .where(eq(nicknames.nickname, body['nickname'] as string));
    expect(claimed).toEqual([]);
  });

  it('O6: a member of a registered organization is refused with a link to the organization', async () => {
    const mine = await insertOrganization(api.database.db, api.sealer);
    const accountId = freshAccountId();
    await insertMember(api.database.db, mine, { accountId });
    const { status, headers, body: problem } = await api.call('POST', path, newOrganizationRequest({ accountId }));
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'organization_exists', `/v1/organizations/${mine.id}`]);
  });

  it('O11: an account that is listed as a cloud is accepted', async () => {
    const { accountId } = await insertCloud(api);
    expect((await api.call('POST', path, newOrganizationRequest({ accountId }))).status).toBe(201);
  });

  it('D13: an account has at most one live request of any scope', async () => {
    const { body: first } = await api.call('POST', path, newRequest());
    const { headers, body: problem } = await api.call('POST', path, newOrganizationRequest({ accountId: first.accountId }));
    expect([problem.code, headers.get('location')]).toEqual(['request_running', `${path}/${first.id}`]);
  });

  it('O6: an organization that is registered during the call is refused with a link to it', async () => {
    const body = newOrganizationRequest();
    let organizationId = '';
    api.workflows.onOpen = async ({ accountId }) => {
      organizationId = (await insertOrganization(api.database.db, api.sealer, { managementAccountId: accountId })).id;
      return { kind: 'refused', code: 'organization_exists', awsCode: null, message: 'registered' };
    };
    const { status, headers, body: problem } = await api.call('POST', path, body);
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'organization_exists', `/v1/organizations/${organizationId}`]);
  });
});

describe('fields', () => {
  const wrong: [string, unknown, RegExp][] = [
    ['nickname', '', /1 to 100 characters/],
    ['nickname', 'x'.repeat(101), /1 to 100 characters/],
    ['nickname', 'a\u0000b', /control characters/],
    ['nickname', ' \u200b ', /1 to 100 characters/],
    ['nickname', 'pro\u200bduction', /invisible character/],
    ['nickname', 'production\u202e', /invisible character/],
    ['nickname', 7, /nickname must be text/],
    ['scope', 'galaxy', /scope must be "account" or "organization"/],
    ['accountId', '12345678901', /12 digits/],
    ['accountId', 123456789012, /12 digits/],
    ['roleName', 'role/name', /1 to 64 characters/],
    ['roleName', 'r'.repeat(65), /1 to 64 characters/],
    ['acknowledged', false, /acknowledged must be true/],
    ['sessionDurationSeconds', 299, /from 300 to 43200/],
    ['sessionDurationSeconds', 43_201, /from 300 to 43200/],
    ['sessionDurationSeconds', 3600.5, /whole number/],
    ['sessionDurationSeconds', '3600', /whole number/],
    ['organizationScope', {}, /only when scope is "organization"/],
    ['colour', 'red', /no field "colour"/],
  ];

  it.each(wrong)('D1: an invalid %s (%j) is refused with its own message', async (field, value, message) => {
    const { status, body: problem } = await api.call('POST', path, newRequest({ [field]: value }));
    expect([status, problem.code]).toEqual([422, 'invalid_input']);
    expect(problem.errors).toEqual([{ pointer: `/${field}`, message: expect.stringMatching(message) }]);
  });

  it('B7: emoji keep their joiners, and text is stored in one Unicode form', async () => {
    const { body } = await api.call('POST', path, newRequest({ nickname: 'Cafe\u0301 👩\u200d💻 ❤\ufe0f' }));
    expect(body.nickname).toBe('Caf\u00e9 👩\u200d💻 ❤\ufe0f');
    const { status, body: twin } = await api.call('POST', path, newRequest({ nickname: 'caf\u00e9 👩💻 ❤' }));
    expect([status, twin.code]).toEqual([409, 'nickname_taken']);
  });

  it.each(['nickname', 'scope', 'accountId', 'roleName', 'acknowledged'])('D1: a missing %s is refused', async (field) => {
    const { status, body: problem } = await api.call('POST', path, newRequest({ [field]: undefined }));
    expect(status).toBe(422);
    expect(problem.errors).toHaveLength(1);
    expect(problem.errors[0].pointer).toBe(`/${field}`);
    expect(problem.errors[0].message).not.toMatch(/invalid input/i);
  });

  it('D1: all faults are reported at once', async () => {
    const { body: problem } = await api.call('POST', path, {
      nickname: '',
      scope: 'x',
      accountId: '1',
      roleName: '/',
      acknowledged: 'yes',
      sessionDurationSeconds: 1,
      organizationScope: 1,
      more: 1,
    });
    expect(problem.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([
      '/accountId',
      '/acknowledged',
      '/more',
      '/nickname',
      '/organizationScope',
      '/roleName',
      '/scope',
      '/sessionDurationSeconds',
    ]);
  });

  it('D1: an organizationScope for a single account is reported together with other faults', async () => {
    const { body: problem } = await api.call('POST', path, newRequest({ nickname: '', organizationScope: {} }));
    expect(problem.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual(['/nickname', '/organizationScope']);
  });

  it.each([[[]], ['text'], [null], [7]])('a body that is not an object (%j) is refused', async (body) => {
    const { status, body: problem } = await api.call('POST', path, JSON.stringify(body));
    expect([status, problem.errors]).toEqual([422, [{ pointer: '', message: 'The body must be a JSON object.' }]]);
  });

  it.each([300, 43_200])('the limit %i of the session duration is accepted', async (sessionDurationSeconds) => {
    const { body: request } = await api.call('POST', path, newRequest({ sessionDurationSeconds }));
    expect((await rowOf(request.id)).sessionDurationSeconds).toBe(sessionDurationSeconds);
  });
});

describe('conflicts', () => {
  it('D1: a nickname that differs only in case and white space is taken', async () => {
    await api.call('POST', path, newRequest({ nickname: 'Finance  Prod' }));
    const { status, body: problem } = await api.call('POST', path, newRequest({ nickname: ' finance prod ' }));
    expect([status, problem.code]).toEqual([409, 'nickname_taken']);
  });

  it('D13: an account with a running request is refused with a link to the request', async () => {
    const body = newRequest();
    const { body: first } = await api.call('POST', path, body);
    const { status, headers, body: problem } = await api.call('POST', path, { ...body, nickname: 'another one' });
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'request_running', `${path}/${first.id}`]);
  });

  it('D13: a listed account is refused with a link to its cloud', async () => {
    const cloud = await insertCloud(api);
    const { status, headers, body: problem } = await api.call('POST', path, newRequest({ accountId: cloud.accountId }));
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'account_exists', `/v1/clouds/${cloud.id}`]);
  });

  it('D1: exactly one of 20 parallel requests for a nickname wins, and the others leave nothing behind', async () => {
    const bodies = Array.from({ length: 20 }, () => newRequest({ nickname: 'one of twenty' }));
    const answers = await Promise.all(bodies.map((body) => api.call('POST', path, body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'nickname_taken')).toHaveLength(19);
    const { body: list } = await api.call('GET', `${path}?search=one of twenty`);
    expect(list.total).toBe(1);
  });

  it('D13: exactly one of 20 parallel requests for an account wins, and the others link to it', async () => {
    const { accountId } = newRequest();
    const bodies = Array.from({ length: 20 }, (_, index) => newRequest({ accountId, nickname: `racer ${index}` }));
    const answers = await Promise.all(bodies.map((body) => api.call('POST', path, body)));
    const [winner] = answers.filter(({ status }) => status === 201);
    const losers = answers.filter(({ body }) => body.code === 'request_running');
    expect(losers).toHaveLength(19);
    expect(new Set(losers.map(({ headers }) => headers.get('location')))).toEqual(new Set([`${path}/${winner!.body.id}`]));
    const claimed = await api.database.db.select().from(nicknames);
    expect(claimed.filter(({ nickname }) => nickname.startsWith('racer '))).toHaveLength(1);
  });
});

describe('C6: an account that Muster lists as suspended or closed', () => {
  const listing = async (accountId: string, state: 'active' | 'suspended', changes: { complete?: boolean; at?: Date } = {}) => {
    const { db } = api.database;
    const mine = await insertOrganization(db, api.sealer);
    const { complete = true, at = new Date() } = changes;
    await insertSnapshot(
      db,
      mine,
      { accounts: [{ accountId, state }], complete },
      { phase: 'completed', listingCompletedAt: complete ? at : null },
    );
    return mine;
  };
  const ask = (accountId: string, changes = {}) => api.call('POST', path, newRequest({ accountId, ...changes }));

  it.each(['account', 'organization'])('is taken with a warning, for the scope %s', async (scope) => {
    const accountId = freshAccountId();
    const { awsOrganizationId } = await listing(accountId, 'suspended');
    const { status, body } = await ask(accountId, { scope });
    expect([status, body.warnings]).toEqual([201, [{ code: 'account_suspended', message: expect.stringContaining(awsOrganizationId) }]]);
    expect(body.warnings[0].message).toContain(accountId);
    expect((await api.call('GET', `${path}/${body.id}`)).body.warnings).toEqual(body.warnings);
    await endRequest(api, body.id, 'expired');
    const { body: again } = await api.call('POST', `${path}/${body.id}/resend`);
    expect(again.warnings).toEqual(body.warnings);
  });

  it('is taken with a warning for an organization whose management account is a suspended cloud', async () => {
    const { accountId } = await insertCloud(api, { status: 'suspended' });
    const { body } = await ask(accountId, { scope: 'organization' });
    expect(body.warnings).toMatchObject([{ code: 'account_suspended', message: expect.stringContaining('cloud of account') }]);
  });

  it('an active account, an incomplete listing and an older listing give no warning', async () => {
    const [active, incomplete, older] = [freshAccountId(), freshAccountId(), freshAccountId()];
    await listing(active, 'active');
    await listing(incomplete, 'suspended', { complete: false });
    const mine = await listing(older, 'suspended', { at: new Date(Date.now() - 60_000) });
    await insertSync(api.database.db, mine, { phase: 'completed', listingCompletedAt: new Date() });
    for (const accountId of [active, incomplete, older]) expect((await ask(accountId)).body.warnings).toEqual([]);
  });
});

describe('answers of AWS', () => {
  it("D2: a refusal by AWS is returned with AWS's code and message", async () => {
    api.workflows.onOpen = () => ({ kind: 'refused', code: 'aws_refused', awsCode: 'LimitExceeded', message: 'Too many open requests.' });
    const { status, headers, body: problem } = await api.call('POST', path, newRequest());
    expect([status, problem.code, problem.awsCode]).toEqual([422, 'aws_refused', 'LimitExceeded']);
    expect(problem.detail).toContain('LimitExceeded');
    expect(problem.detail).toContain('Too many open requests.');
    expect(headers.get('location')).toMatch(/^\/v1\/delegation-requests\//);
  });

  it('AWS unavailable for 20 s answers 503 with Retry-After', async () => {
    api.workflows.onOpen = () => ({ kind: 'refused', code: 'aws_unavailable', awsCode: null, message: 'AWS did not answer.' });
    const { status, headers, body: problem } = await api.call('POST', path, newRequest());
    expect([status, problem.code]).toEqual([503, 'aws_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('D13: an account that is listed during the call is refused with a link to its cloud', async () => {
    const body = newRequest();
    let cloudId = '';
    api.workflows.onOpen = async () => {
      cloudId = (await insertCloud(api, { accountId: body['accountId'] as string })).id;
      return { kind: 'refused', code: 'account_exists', awsCode: null, message: 'listed' };
    };
    const { status, headers, body: problem } = await api.call('POST', path, body);
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'account_exists', `/v1/clouds/${cloudId}`]);
  });

  it('a run that has already ended is answered from its recorded failure', async () => {
    api.workflows.onOpen = async (request) => {
      await endRequest(api, request.id, 'failed', { code: 'aws_refused', message: 'InvalidInput: no such template' });
      return { kind: 'ended' };
    };
    const { status, body: problem } = await api.call('POST', path, newRequest());
    expect([status, problem.code]).toEqual([422, 'aws_refused']);
    expect(problem.detail).toContain('InvalidInput');
  });

  it("a run's own failure answers 422, even under a code that the API answers with another status", async () => {
    api.workflows.onOpen = () => ({ kind: 'refused', code: 'internal_error', awsCode: null, message: 'Muster could not go on.' });
    const { status, body: problem } = await api.call('POST', path, newRequest());
    expect([status, problem.code, problem.status]).toEqual([422, 'internal_error', 422]);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

  it('S2: a repeat with the same key and body gets the same answer, with one call to AWS', async () => {
    const body = newRequest();
    const first = await api.call('POST', path, body, keyed('k1'));
    const second = await api.call('POST', path, { ...body }, keyed('k1'));
    expect([second.status, second.text, second.headers.get('location')]).toEqual([201, first.text, first.headers.get('location')]);
    expect(api.workflows.opened).toHaveLength(1);
  });

  it('S2: another body under the same key is refused', async () => {
    await api.call('POST', path, newRequest(), keyed('k2'));
    const { status, body: problem } = await api.call('POST', path, newRequest(), keyed('k2'));
    expect([status, problem.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('S2: ten parallel repeats create one request', async () => {
    const body = newRequest();
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('POST', path, body, keyed('k3'))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(answers.map(({ body: request }) => request.id)).size).toBe(1);
  });

  it('a repeat of a 202 continues with the same request and may answer 201', async () => {
    const body = newRequest();
    const { onOpen } = api.workflows;
    api.workflows.onOpen = () => ({ kind: 'unanswered', started: true });
    const first = await api.call('POST', path, body, keyed('k4'));
    api.workflows.onOpen = onOpen;
    const second = await api.call('POST', path, body, keyed('k4'));
    expect([first.status, second.status]).toEqual([202, 201]);
    expect(second.body.id).toBe(first.body.id);
    expect(api.workflows.opened.map(({ id }) => id)).toEqual([first.body.id, first.body.id]);
  });

  it('a repeat after AWS was unavailable starts from the beginning', async () => {
    const body = newRequest();
    const { onOpen } = api.workflows;
    api.workflows.onOpen = async ({ id }) => {
      await endRequest(api, id, 'failed', { code: 'aws_unavailable', message: 'AWS did not answer.' });
      return { kind: 'refused', code: 'aws_unavailable', awsCode: null, message: 'AWS did not answer.' };
    };
    expect((await api.call('POST', path, body, keyed('k5'))).status).toBe(503);
    api.workflows.onOpen = onOpen;
    expect((await api.call('POST', path, body, keyed('k5'))).status).toBe(201);
  });

  it('a refusal by AWS is stored, so that a repeat does not call AWS', async () => {
    const body = newRequest();
    api.workflows.onOpen = () => ({ kind: 'refused', code: 'aws_refused', awsCode: 'InvalidInput', message: 'no' });
    const first = await api.call('POST', path, body, keyed('k6'));
    const second = await api.call('POST', path, body, keyed('k6'));
    expect([second.status, second.text]).toEqual([422, first.text]);
    expect(second.headers.get('content-type')).toBe('application/problem+json');
    expect(api.workflows.opened).toHaveLength(1);
  });

  it('a conflict is not stored: the same call succeeds after the conflict ends', async () => {
    const body = newRequest({ nickname: 'soon free' });
    const { body: holder } = await api.call('POST', path, newRequest({ nickname: 'soon free' }));
    expect((await api.call('POST', path, body, keyed('k7'))).status).toBe(409);
    await endRequest(api, holder.id, 'rejected');
    expect((await api.call('POST', path, body, keyed('k7'))).status).toBe(201);
  });

  it('a key expires after a day', async () => {
    await api.call('POST', path, newRequest(), keyed('k8'));
    await api.database.db
      .update(idempotencyKeys)
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where(eq(idempotencyKeys.key, 'k8'));
    expect((await api.call('POST', path, newRequest(), keyed('k8'))).status).toBe(201);
  });

  it('keys of different callers are independent', async () => {
    const { body: other } = await api.call('POST', '/v1/api-keys', { name: 'other', role: 'admin' });
    await api.call('POST', path, newRequest(), keyed('k9'));
    expect((await api.call('POST', path, newRequest(), { ...keyed('k9'), key: other.key })).status).toBe(201);
  });

  describe('B4: the stored fingerprint', () => {
    const keyText = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
    const [old, next] = [keyText('k1'), keyText('k2')];
    const instance = (text: string) => api.anotherInstance({ sealingKeys: parseSealingKeys(text) });
    const stored = async (key: string) => (await api.database.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key)))[0]!;

    it('does not let a reader of the database test guesses of the body', async () => {
      const body = newRequest();
      await api.call('POST', path, body, keyed('b4-guess'));
      const sorted = (value: object) => Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const guesses = [body, { ...body, sessionDurationSeconds: 3_600 }].map((guess) =>
        createHash('sha256')
          .update(JSON.stringify(['POST', path, sorted(guess)]))
          .digest('hex'),
      );
      const { fingerprint, keyId } = await stored('b4-guess');
      expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect([guesses.includes(fingerprint), keyId]).toEqual([false, 'test']);
    });

    it('is compared by the key that made it, so a rotation refuses no repeat', async () => {
      const body = newRequest();
      const first = await instance(old).call('POST', path, body, keyed('b4-rotated'));
      const rotated = instance(`${next},${old}`);
      const repeat = await rotated.call('POST', path, { ...body }, keyed('b4-rotated'));
      expect([first.status, repeat.status, repeat.text]).toEqual([201, 201, first.text]);
      const reused = await rotated.call('POST', path, newRequest(), keyed('b4-rotated'));
      expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
    });

    it.each([
      ['its key is gone', async () => {}],
      ['an older release made it', () => api.database.db.update(idempotencyKeys).set({ keyId: null, fingerprint: '' })],
    ])('answers 409 and creates nothing once %s, also for a call without an answer yet', async (_why, age) => {
      const { onOpen } = api.workflows;
      api.workflows.onOpen = () => ({ kind: 'unanswered', started: true });
      const [answered, waiting] = [newRequest(), newRequest()];
      const before = instance(old);
      expect((await before.call('POST', path, waiting, keyed(`b4-waiting-${_why}`))).status).toBe(202);
      api.workflows.onOpen = onOpen;
      expect((await before.call('POST', path, answered, keyed(`b4-answered-${_why}`))).status).toBe(201);
      await age();
      const count = () => api.database.db.$count(delegationRequests);
      const requests = await count();
      const after = instance(next);
      for (const [key, body] of [
        [`b4-waiting-${_why}`, waiting],
        [`b4-answered-${_why}`, answered],
      ] as const) {
        const { status, body: problem } = await after.call('POST', path, body, keyed(key));
        expect([status, problem.code]).toEqual([409, 'idempotency_key_unverifiable']);
      }
      expect(await count()).toBe(requests);
    });
  });

  it('a malformed key is refused', async () => {
    const { status, body: problem } = await api.call('POST', path, newRequest(), keyed('k'.repeat(256)));
    expect(status).toBe(422);
    expect(problem.errors[0].message).toMatch(/1 to 255/);
  });
});
