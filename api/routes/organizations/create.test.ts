import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents, cloudOrganizations, credentialSets, idempotencyKeys, nicknames, syncs } from '../../../db/schema/index.ts';
import type { OrganizationCredentials } from '../../../db/sealing/secrets.ts';
import { newId } from '../../../db/ids.ts';
import { insertCloud } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { acceptNextChecks, newOrganization, passed } from '../../../test/support/api/organizations.ts';
import type { CredentialCheckItem } from '../../../workflows/contracts/credential-check.ts';

const path = '/v1/organizations';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => {
  api.workflows.checked.length = 0;
  api.workflows.woken.length = 0;
});
afterAll(() => api.close());

const setOf = async (id: string) => (await api.database.db.select().from(credentialSets).where(eq(credentialSets.id, id)))[0];
const rowOf = async (id: string) => (await api.database.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, id)))[0]!;
const nicknameRows = (ownerNickname: string) => api.database.db.select().from(nicknames).where(eq(nicknames.nickname, ownerNickname));

/** Adds an organization and returns the answer. */
async function add(changes: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  const { body, described } = newOrganization(changes);
  acceptNextChecks(api, described);
  return { input: body, described, ...(await api.call('POST', path, body, { headers })) };
}

/** Expects that a refused call left nothing behind. */
async function expectNothingLeft(nickname: string): Promise<void> {
  const setId = api.workflows.checked.at(-1);
  if (setId !== undefined) expect(await setOf(setId)).toBeUndefined();
  expect(await nicknameRows(nickname)).toEqual([]);
  expect(await api.database.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.nickname, nickname))).toEqual([]);
}

describe('adding an organization', () => {
  it('O5 O9: checks the credentials, registers the organization, and returns its first sync', async () => {
    const scope = { excludeNamePrefixes: ['sandbox-', 'sandbox-'], includeOuIds: ['r-ab12'], autoRemoveSuspended: true };
    const { status, headers, body, described } = await add({ nickname: 'Whole company', scope });
    expect([status, headers.get('location')]).toEqual([201, `${path}/${body.id}`]);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      organizationId: described.awsOrganizationId,
      managementAccountId: described.managementAccountId,
      partition: 'aws',
      nickname: 'Whole company',
      scope: {
        excludeNamePrefixes: ['sandbox-'],
        includeOuIds: ['r-ab12'],
        excludeOuIds: [],
        excludeAccountIds: [],
        autoRemoveSuspended: true,
      },
      memberRoleArnExample: `arn:aws:iam::${described.managementAccountId}:role/MusterHarvesting`,
      accountCount: 0,
      warnings: [],
      suspendedNow: null,
      cloudsUrl: `/v1/clouds?badge=system.cloud_organization%3A${described.awsOrganizationId}`,
      lastSync: expect.objectContaining({
        organizationId: body.id,
        kind: 'sync',
        trigger: 'added',
        phase: 'queued',
        startedAt: null,
        failure: null,
      }),
      syncEveryMinutes: 720,
      nextSyncAt: expect.stringMatching(/Z$/),
      autoBadging: { everyMinutes: 60, paused: false, lastRunAt: null, nextRunAt: expect.stringMatching(/Z$/) },
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect((await api.call('GET', `${path}/${body.id}`)).body).toMatchObject({ id: body.id, lastSync: { id: body.lastSync.id } });
    expect((await api.call('GET', body.cloudsUrl)).status).toBe(200);
  });

  it('C7: takes a member role with a path, which its ARN carries', async () => {
    const { body, described } = await add({ memberRole: { roleName: 'team/Muster', sessionName: 'muster', durationSeconds: 900 } });
    expect(body.memberRoleArnExample).toBe(`arn:aws:iam::${described.managementAccountId}:role/team/Muster`);
    const { body: removal } = await api.call('DELETE', `${path}/${body.id}`);
    expect(removal.leftInAccounts).toContainEqual({ type: 'AWS::IAM::Role', name: 'Muster', where: 'every account' });
  });

  it('C8: stores prefixes in one Unicode form', async () => {
    const { body } = await add({ scope: { excludeNamePrefixes: ['Cafe\u0301', 'Caf\u00e9', 'CAF\u00c9'] } });
    expect(body.scope.excludeNamePrefixes).toEqual(['Caf\u00e9', 'CAF\u00c9']);
  });

  it('C5: makes the schedules after the commit; the next runs are in the future from the first answer on', async () => {
    const { body } = await add();
    const hour = 3_600_000;
    for (const [at, within] of [
      [body.nextSyncAt, 12 * hour],
      [body.autoBadging.nextRunAt, hour],
    ] as const) {
      expect(Date.parse(at)).toBeGreaterThan(Date.now());
      expect(Date.parse(at)).toBeLessThanOrEqual(Date.now() + within);
    }
    expect(api.workflows.setSchedulesOf).toContainEqual({ organizationId: body.id, syncEveryMinutes: 720, autoBadgingEveryMinutes: 60 });
    const scheduledAt = '2030-02-02T00:00:00.000Z';
    const { body: later } = await api.call('GET', `${path}/${body.id}`);
    expect([later.nextSyncAt, later.autoBadging.nextRunAt]).toEqual([scheduledAt, scheduledAt]);
  });

  it('C5: a time that has passed is not shown as the next run', async () => {
    const { body } = await add();
    const past = new Date(Date.now() - 1_000);
    await api.database.db.update(cloudOrganizations).set({ nextSyncAt: past, nextAutoBadgingAt: past });
    const { body: later } = await api.call('GET', `${path}/${body.id}`);
    for (const at of [later.nextSyncAt, later.autoBadging.nextRunAt]) expect(Date.parse(at)).toBeGreaterThan(Date.now());
  });

  it('O19: wakes the keeper after the commit, and marks the row', async () => {
    let seen: unknown;
    const { wakeKeeper } = api.workflows;
    api.workflows.wakeKeeper = async (awsOrganizationId, request) => {
      [seen] = await api.database.db.select({ phase: syncs.phase }).from(syncs).where(eq(syncs.id, request.syncId));
      await wakeKeeper(awsOrganizationId, request);
    };
    const { body, described } = await add();
    api.workflows.wakeKeeper = wakeKeeper;
    expect(seen).toEqual({ phase: 'queued' });
    expect(api.workflows.woken).toEqual([
      { awsOrganizationId: described.awsOrganizationId, kind: 'sync', syncId: body.lastSync.id, trigger: 'added', settingsGeneration: 1 },
    ]);
    const [row] = await api.database.db.select().from(syncs).where(eq(syncs.id, body.lastSync.id));
    expect(row!.signalledAt).not.toBeNull();
  });

  it('O19: succeeds if the keeper cannot be reached; the row waits for the reconciler', async () => {
    const { wakeKeeper } = api.workflows;
    api.workflows.wakeKeeper = async () => {
      throw new Error('unreachable');
    };
    const { status, body } = await add();
    api.workflows.wakeKeeper = wakeKeeper;
    const [row] = await api.database.db.select().from(syncs).where(eq(syncs.id, body.lastSync.id));
    expect([status, row!.signalledAt, row!.phase]).toEqual([201, null, 'queued']);
  });

  it('O7 O3: seals all credentials as one set, and no answer, log, audit entry or payload shows them', async () => {
    const accessKey = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
    const { body, text, input } = await add({ accessKey }, { 'Idempotency-Key': 'with-secrets' });
    const row = await rowOf(body.id);
    const set = (await setOf(row.credentialSetId))!;
    expect([set.kind, set.roleArn, set.expiresAt]).toEqual(['organization', input.organizationRole.roleArn, null]);
    const secret = await api.sealer.open<OrganizationCredentials>(set.sealed, { table: 'credential_sets', id: set.id });
    expect(secret).toEqual({ organizationRole: input.organizationRole, memberRole: input.memberRole, accessKey });
    expect(api.workflows.checked).toEqual([row.credentialSetId]);
    const tables = [await api.database.db.select().from(idempotencyKeys), await api.database.db.select().from(auditEvents)];
    const shown = [text, (await api.call('GET', `${path}/${body.id}`)).text, api.logged(), JSON.stringify([tables, api.workflows.woken])];
    for (const hidden of [
      accessKey.accessKeyId,
      accessKey.secretAccessKey,
      input.organizationRole.externalId,
      input.memberRole.externalId,
    ]) {
      expect(shown.join('')).not.toContain(hidden);
    }
  });

  it('S3: the caller is in the audit trail', async () => {
    const { body } = await add({}, { 'X-Request-Id': 'add-42' });
    const [audit] = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, body.id));
    expect(audit).toMatchObject({ action: 'organization.added', actorName: 'Ada Admin', requestId: 'add-42' });
  });
});

describe('refusals', () => {
  const failed: CredentialCheckItem[] = [
    passed,
    { name: 'simulate', action: 'organizations:ListAccounts', passed: false, message: 'The role may not do it.' },
    { name: 'simulate', action: 'organizations:ListRoots', passed: false, message: 'A policy denies it.' },
  ];

  it('O5: failed checks are refused with all their names, and the credentials are erased at once', async () => {
    const { body: input } = newOrganization();
    api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'refused', checks: failed, organization: null });
    const { status, body: problem } = await api.call('POST', path, input);
    expect([status, problem.code, problem.checks]).toEqual([422, 'organization_checks_failed', failed]);
    expect(problem.detail).toContain('organizations:ListAccounts');
    expect(problem.detail).toContain('organizations:ListRoots');
    await expectNothingLeft(input.nickname);
  });

  it('O6: a registered organization is refused with a link to it, for any credentials', async () => {
    const { body: first, described } = await add();
    const { body: again } = newOrganization();
    acceptNextChecks(api, described);
    const { status, headers, body: problem } = await api.call('POST', path, again);
    expect([status, problem.code, headers.get('location')]).toEqual([409, 'organization_exists', `${path}/${first.id}`]);
    await expectNothingLeft(again.nickname);
  });

  it('O6: exactly one of ten parallel calls for one organization wins, and the others leave nothing', async () => {
    const { described } = newOrganization();
    acceptNextChecks(api, described);
    const bodies = Array.from({ length: 10 }, (_, index) => newOrganization({ nickname: `twin ${index}` }).body);
    const answers = await Promise.all(bodies.map((body) => api.call('POST', path, body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'organization_exists')).toHaveLength(9);
    const claimed = await api.database.db.select().from(nicknames);
    expect(claimed.filter(({ nickname }) => nickname.startsWith('twin '))).toHaveLength(1);
    const sets = await Promise.all(api.workflows.checked.map((id) => setOf(id)));
    expect(sets.filter((set) => set !== undefined)).toHaveLength(1);
  });

  it('D1: a taken nickname is refused before the check', async () => {
    await insertCloud(api, { nickname: 'Taken by a cloud' });
    const { status, body: problem } = await add({ nickname: ' taken  BY a cloud ' });
    expect([status, problem.code, api.workflows.checked]).toEqual([409, 'nickname_taken', []]);
  });

  it('D1: a nickname that is taken during the check is refused, and the credentials are erased', async () => {
    const { body: input, described } = newOrganization({ nickname: 'raced for' });
    api.workflows.onCheck = async () => {
      await insertCloud(api, { nickname: 'Raced For' });
      return { kind: 'checked', verdict: 'accepted', checks: [passed], organization: described };
    };
    const { status, body: problem } = await api.call('POST', path, input);
    expect([status, problem.code]).toEqual([409, 'nickname_taken']);
    await expectNothingLeft('raced for');
  });

  it('no usable answer of AWS for 20 s answers 503 with Retry-After, and leaves nothing', async () => {
    const { body: input } = newOrganization();
    const checks = [{ name: 'assume_role' as const, passed: false, message: 'STS throttled every attempt.' }];
    api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'unavailable', checks, organization: null });
    const { status, headers, body: problem } = await api.call('POST', path, input);
    expect([status, problem.code, Number(headers.get('retry-after')) > 0]).toEqual([503, 'aws_unavailable', true]);
    expect(problem.detail).toContain('STS throttled');
    await expectNothingLeft(input.nickname);
  });

  it.each([
    ['unanswered', 'no_worker', /worker is running/],
    ['interrupted', 'check_interrupted', /Retry the call/],
  ] as const)('a check that is %s answers 503 with the next step, and leaves nothing', async (kind, code, words) => {
    const { body: input } = newOrganization();
    api.workflows.onCheck = () => ({ kind });
    const { status, headers, body: problem } = await api.call('POST', path, input);
    expect([status, problem.code, headers.get('retry-after')]).toEqual([503, code, '5']);
    expect(problem.detail).toMatch(words);
    await expectNothingLeft(input.nickname);
  });

  it('S2: without Temporal, writes nothing and starts no check', async () => {
    const { body: input } = newOrganization();
    api.workflows.isReachable = false;
    const { status, body: problem } = await api.call('POST', path, input);
    api.workflows.isReachable = true;
    expect([status, problem.code, api.workflows.checked]).toEqual([503, 'temporal_unavailable', []]);
    await expectNothingLeft(input.nickname);
  });

  it('O5: credentials under check expire, in case the process dies', async () => {
    const { body: input, described } = newOrganization();
    let expiresAt: Date | null | undefined;
    api.workflows.onCheck = async ({ id }) => {
      expiresAt = (await setOf(id))?.expiresAt;
      return { kind: 'checked', verdict: 'accepted', checks: [passed], organization: described };
    };
    await api.call('POST', path, input);
    expect(expiresAt!.getTime()).toBeGreaterThan(Date.now());
  });
});

describe('fields', () => {
  const role = { roleArn: 'arn:aws:iam::123456789012:role/r', sessionName: 'muster', durationSeconds: 3_600 };
  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ['nickname', { nickname: '' }, '/nickname', /1 to 100/],
    [
      'role ARN',
      { organizationRole: { ...role, roleArn: 'arn:aws:iam::1:role/r' } },
      '/organizationRole/roleArn',
      /role ARN must have the form/,
    ],
    [
      'partition',
      { organizationRole: { ...role, roleArn: 'arn:aws-iso:iam::123456789012:role/r' } },
      '/organizationRole/roleArn',
      /role ARN/,
    ],
    ['external id', { organizationRole: { ...role, externalId: 'x' } }, '/organizationRole/externalId', /2 to 1,224/],
    ['session name', { organizationRole: { ...role, sessionName: 'a b' } }, '/organizationRole/sessionName', /2 to 64/],
    ['short duration', { organizationRole: { ...role, durationSeconds: 899 } }, '/organizationRole/durationSeconds', /900 to 43200/],
    ['long duration', { organizationRole: { ...role, durationSeconds: 43_201 } }, '/organizationRole/durationSeconds', /900 to 43200/],
    ['organization role', { organizationRole: undefined }, '/organizationRole', /organizationRole must be a JSON object/],
    ['member role', { memberRole: 'MusterHarvesting' }, '/memberRole', /memberRole must be a JSON object/],
    ['role name', { memberRole: { roleName: 'a/b c', sessionName: 'muster', durationSeconds: 900 } }, '/memberRole/roleName', /1 to 64/],
    [
      'role path',
      { memberRole: { roleName: '/a/b', sessionName: 'muster', durationSeconds: 900 } },
      '/memberRole/roleName',
      /team\/muster/,
    ],
    ['half a key', { accessKey: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }, '/accessKey/secretAccessKey', /secretAccessKey must be text/],
    ['key id', { accessKey: { accessKeyId: 'AKIA IOSFO', secretAccessKey: 'x' } }, '/accessKey/accessKeyId', /accessKeyId must have/],
    ['prefix', { scope: { excludeNamePrefixes: ['ok', ''] } }, '/scope/excludeNamePrefixes/1', /1 to 50/],
    ['half character', { scope: { excludeNamePrefixes: ['\ud800'] } }, '/scope/excludeNamePrefixes/0', /1 to 50/],
    ['unit', { scope: { includeOuIds: ['ou-1'] } }, '/scope/includeOuIds/0', /ou-xxxx-xxxxxxxx/],
    ['root', { scope: { excludeOuIds: ['r-ab12'] } }, '/scope/excludeOuIds/0', /ou-xxxx-xxxxxxxx/],
    ['account', { scope: { excludeAccountIds: ['12'] } }, '/scope/excludeAccountIds/0', /12 digits/],
    ['flag', { scope: { autoRemoveSuspended: 'yes' } }, '/scope/autoRemoveSuspended', /true or false/],
    ['unknown', { scope: { excludeTags: [] } }, '/scope/excludeTags', /no field "excludeTags"/],
    ['unknown', { colour: 'red' }, '/colour', /no field "colour"/],
  ];

  it.each(wrong)('O5: an invalid %s (%j) is refused with its own message, without a check', async (_what, changes, pointer, message) => {
    const { status, body: problem } = await api.call('POST', path, newOrganization(changes).body);
    expect([status, problem.code]).toEqual([422, 'invalid_input']);
    expect(problem.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
    expect(api.workflows.checked).toEqual([]);
  });

  it('O5: all faults are reported at once', async () => {
    const { body: problem } = await api.call('POST', path, {
      nickname: 7,
      organizationRole: { roleArn: 'x', sessionName: '', durationSeconds: 1 },
      memberRole: { roleName: '', sessionName: 'muster' },
      scope: { includeOuIds: 'all' },
    });
    expect(problem.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([
      '/memberRole/durationSeconds',
      '/memberRole/roleName',
      '/nickname',
      '/organizationRole/durationSeconds',
      '/organizationRole/roleArn',
      '/organizationRole/sessionName',
      '/scope/includeOuIds',
    ]);
  });

  it('O4: roles of other partitions are accepted', async () => {
    const { body, described } = newOrganization({
      organizationRole: { roleArn: 'arn:aws-us-gov:iam::123456789012:role/path/r', sessionName: 'muster', durationSeconds: 900 },
    });
    acceptNextChecks(api, { ...described, partition: 'aws-us-gov' as 'aws' });
    const answer = await api.call('POST', path, body);
    expect([answer.status, answer.body.partition]).toEqual([201, 'aws-us-gov']);
    expect(answer.body.memberRoleArnExample).toMatch(/^arn:aws-us-gov:iam::\d{12}:role\/MusterHarvesting$/);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

  it('S2: a repeat with the same key and body gets the same answer, with one check', async () => {
    const { body, described } = newOrganization();
    acceptNextChecks(api, described);
    const first = await api.call('POST', path, body, keyed('o1'));
    const second = await api.call('POST', path, { ...body }, keyed('o1'));
    expect([second.status, second.text, second.headers.get('location')]).toEqual([201, first.text, first.headers.get('location')]);
    expect(api.workflows.checked).toHaveLength(1);
  });

  it('S2: another body under the same key is refused', async () => {
    await add({}, { 'Idempotency-Key': 'o2' });
    const { status, body: problem } = await add({}, { 'Idempotency-Key': 'o2' });
    expect([status, problem.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('S2: ten parallel repeats join one check and create one organization', async () => {
    const { body, described } = newOrganization();
    acceptNextChecks(api, described);
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('POST', path, body, keyed('o3'))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(api.workflows.checked).size).toBe(1);
    expect(api.workflows.woken).toHaveLength(1);
  });

  it('S2: a refusal is stored; an answer without a verdict is not', async () => {
    const { body, described } = newOrganization();
    const refusal = { ...passed, passed: false };
    api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'refused', checks: [refusal], organization: null });
    const first = await api.call('POST', path, body, keyed('o4'));
    acceptNextChecks(api, described);
    const second = await api.call('POST', path, body, keyed('o4'));
    expect([first.status, second.status, second.text]).toEqual([422, 422, first.text]);
    api.workflows.onCheck = () => ({ kind: 'unanswered' });
    expect((await api.call('POST', path, body, keyed('o5'))).status).toBe(503);
    acceptNextChecks(api, described);
    expect((await api.call('POST', path, body, keyed('o5'))).status).toBe(201);
  });

  it('S2: a conflict is not stored: the same call succeeds after the conflict ends', async () => {
    const { body: first, described } = await add();
    const { body } = newOrganization();
    expect((await api.call('POST', path, body, keyed('o6'))).body.code).toBe('organization_exists');
    expect((await api.call('DELETE', `${path}/${first.id}`)).status).toBe(200);
    acceptNextChecks(api, described);
    expect((await api.call('POST', path, body, keyed('o6'))).status).toBe(201);
  });
});

describe('A3 O8: units and accounts of a new organization’s scope', () => {
  const unit = (number: number) => `ou-ab12-${String(number).padStart(8, '0')}`;
  beforeEach(() => {
    api.workflows.lookedUp.length = 0;
  });

  it('are looked up at AWS with the checks, once each', async () => {
    const scope = { includeOuIds: ['r-ab12', unit(1)], excludeOuIds: [unit(1)], excludeAccountIds: ['111122223333'] };
    expect((await add({ scope })).status).toBe(201);
    expect(api.workflows.lookedUp).toEqual([['r-ab12', unit(1), '111122223333']]);
  });

  it('are refused by name if AWS does not know them, finally, and nothing stays', async () => {
    const { body } = newOrganization({ scope: { includeOuIds: [unit(1), unit(2)] } });
    const checks: CredentialCheckItem[] = [passed, { name: 'scope', id: unit(2), passed: false, message: 'The organization has none.' }];
    api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'refused', checks, organization: null });
    const headers = { 'Idempotency-Key': `scope-${newId()}` };
    const refused = await api.call('POST', path, body, { headers });
    expect([refused.status, refused.body.code]).toEqual([422, 'scope_unknown']);
    expect(refused.body.errors).toEqual([{ pointer: '/scope/includeOuIds/1', message: expect.stringContaining(unit(2)) }]);
    expect(refused.body.checks).toEqual(checks);
    await expectNothingLeft(body.nickname);
    expect((await api.call('POST', path, body, { headers })).body.code).toBe('scope_unknown');
    expect(new Set(api.workflows.checked).size).toBe(1);
  });

  it('are named among all failed checks if others fail, too', async () => {
    const { body } = newOrganization({ scope: { includeOuIds: [unit(2)] } });
    const checks: CredentialCheckItem[] = [
      { name: 'simulate', action: 'organizations:ListRoots', passed: false, message: 'No.' },
      { name: 'scope', id: unit(2), passed: false, message: 'The organization has none.' },
    ];
    api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'refused', checks, organization: null });
    const refused = await api.call('POST', path, body);
    expect([refused.status, refused.body.code, refused.body.checks]).toEqual([422, 'organization_checks_failed', checks]);
    expect(refused.body.detail).toContain(unit(2));
  });

  it('are not looked up with allowUnknown', async () => {
    expect((await add({ scope: { includeOuIds: [unit(1)] }, allowUnknown: true })).status).toBe(201);
    expect(api.workflows.lookedUp).toEqual([[]]);
  });

  it('more than 50 need a preview, and nothing is checked or written', async () => {
    const refused = await add({ scope: { includeOuIds: Array.from({ length: 51 }, (_, number) => unit(number)) } });
    expect([refused.status, refused.body.code]).toEqual([422, 'preview_first']);
    expect(refused.body.detail).toContain('previewId');
    expect(api.workflows.checked).toEqual([]);
    expect((await add({ scope: { includeOuIds: Array.from({ length: 50 }, (_, number) => unit(number)) } })).status).toBe(201);
  });
});
