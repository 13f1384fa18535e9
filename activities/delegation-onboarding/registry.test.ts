import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/client.ts';
import { auditEvents, clouds, credentialSets, delegationEvents, nicknames, notificationInbox } from '../../db/schema/index.ts';
import { newId } from '../../db/ids.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { sessionFailure } from '../aws/session-failure.ts';
import { closeRequest } from './close-request.ts';
import { findAccountConflict } from './find-account-conflict.ts';
import { findSeenRemains } from './find-seen-remains.ts';
import { hasUndeliveredMessages } from './has-undelivered-messages.ts';
import { openRequestCredentials } from '../open-credentials.ts';
import { recordCloudCheck } from '../role-check/record-cloud-check.ts';
import { recordProgress } from './record-progress.ts';
import { registerCloud } from './register-cloud.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

const entry = (key: string, type = 'note') => ({ key, at: new Date().toISOString(), type, message: key });

async function holdToken(requestId: string): Promise<string> {
  const id = newId();
  const sealed = await registry.sealer.seal('a token', { table: 'notification_inbox', id });
  await registry.db
    .insert(notificationInbox)
    .values({ id, messageId: id, source: 'queue', type: 'ExchangeToken', requestId, sealedToken: sealed.bytes, tokenKeyId: sealed.keyId });
  return id;
}

async function isTokenHeld(id: string): Promise<boolean> {
  const [row] = await registry.db.select().from(notificationInbox).where(eq(notificationInbox.id, id));
  return row!.sealedToken !== null;
}

describe('hasUndeliveredMessages', () => {
  it('D10: finds messages about this request that were not signalled, and no others', async () => {
    const [requestId, other] = [await registry.newRequest(), await registry.newRequest()];
    const told = await holdToken(requestId);
    expect(await hasUndeliveredMessages(registry.db, { requestId })).toBe(true);
    expect(await hasUndeliveredMessages(registry.db, { requestId: other })).toBe(false);
    await registry.db.update(notificationInbox).set({ status: 'signalled' }).where(eq(notificationInbox.id, told));
    expect(await hasUndeliveredMessages(registry.db, { requestId })).toBe(false);
  });
});

describe('recordProgress', () => {
  it('writes the timeline once in two runs', async () => {
    const requestId = await registry.newRequest();
    const input = { requestId, change: { awsState: 'assigned' as const }, timeline: [entry('a'), entry('b')] };
    await recordProgress(registry.db, input);
    await recordProgress(registry.db, { ...input, timeline: [...input.timeline, entry('c')] });
    expect(await registry.request(requestId)).toMatchObject({ awsState: 'assigned', lastEventNumber: 3 });
    expect(await registry.timeline(requestId)).toHaveLength(3);
  });

  it('S6: reports a database that is down as such, also among calls of AWS', async () => {
    const away = openDatabase({ url: 'postgres://127.0.0.1:1/away', applicationName: 'registry-test' });
    const failed: unknown = await recordProgress(away.db, { requestId: newId(), timeline: [entry('a')] }).catch((error: unknown) => error);
    await away.close();
    expect(failed).toMatchObject({ type: 'Transient', details: [{ code: 'database_unavailable' }] });
    expect(sessionFailure(failed, 'x')).toBe(failed);
  });

  it('D8: numbers concurrent entries without gaps or duplicates', async () => {
    const requestId = await registry.newRequest();
    await Promise.all(
      Array.from({ length: 20 }, (_unused, index) => recordProgress(registry.db, { requestId, timeline: [entry(`k${index}`)] })),
    );
    const rows = await registry.db
      .select()
      .from(delegationEvents)
      .where(eq(delegationEvents.requestId, requestId))
      .orderBy(delegationEvents.number);
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 20 }, (_unused, index) => index + 1));
  });

  it('D8: writes an entry of several concurrent writers once, and none of them fails', async () => {
    const requestId = await registry.newRequest();
    const input = { requestId, timeline: [entry('same')] };
    await Promise.all(Array.from({ length: 20 }, () => recordProgress(registry.db, input)));
    expect(await registry.timeline(requestId)).toEqual(['note']);
  });

  it('D3: writes messages after the end to the timeline and changes nothing else', async () => {
    const requestId = await registry.newRequest({ phase: 'completed' });
    await recordProgress(registry.db, { requestId, change: { phase: 'deploying', awsState: 'expired' }, timeline: [entry('late')] });
    expect(await registry.request(requestId)).toMatchObject({ phase: 'completed', awsState: null });
    expect(await registry.timeline(requestId)).toEqual(['note']);
  });
});

describe('registerCloud', () => {
  it('D4: lists one cloud in two runs, which takes over nickname and credentials', async () => {
    const requestId = await registry.newRequest({ phase: 'verifying' });
    const token = await holdToken(requestId);
    const { nickname } = await registry.request(requestId);
    const first = await registerCloud(registry.db, { requestId });
    expect(await registerCloud(registry.db, { requestId })).toEqual(first);
    expect(await registry.db.select().from(clouds).where(eq(clouds.delegationRequestId, requestId))).toMatchObject([
      { id: first.cloudId, nickname, status: 'ok', managed: false },
    ]);
    expect(await registry.db.select().from(nicknames).where(eq(nicknames.ownerId, first.cloudId))).toMatchObject([
      { ownerType: 'cloud', nickname },
    ]);
    expect(await registry.request(requestId)).toMatchObject({ phase: 'completed', cloudId: first.cloudId });
    expect(await registry.timeline(requestId)).toEqual(['completed']);
    expect(await isTokenHeld(token)).toBe(false);
    expect(await registry.db.select().from(auditEvents).where(eq(auditEvents.targetId, first.cloudId))).toMatchObject([
      { action: 'cloud.added', actorType: 'system' },
    ]);
  });

  it('D13: refuses an account that was listed during the onboarding, and leaves nothing half-registered', async () => {
    const listed = await registry.newRequest({ phase: 'verifying' });
    const { accountId } = await registry.request(listed);
    await registerCloud(registry.db, { requestId: listed });
    const late = await registry.newRequest({ accountId, phase: 'verifying' });
    expect(await findAccountConflict(registry.db, { requestId: late })).toMatchObject({ code: 'account_exists' });
    await expect(registerCloud(registry.db, { requestId: late })).rejects.toMatchObject({
      type: 'Precondition',
      details: [{ code: 'account_exists' }],
    });
    expect(await registry.request(late)).toMatchObject({ phase: 'verifying', cloudId: null });
    expect(await registry.timeline(late)).toEqual([]);
  });
});

describe('closeRequest', () => {
  it('D6: frees the nickname and erases external id and tokens, once in two runs', async () => {
    const requestId = await registry.newRequest();
    const token = await holdToken(requestId);
    const { credentialSetId } = await registry.request(requestId);
    const input = {
      requestId,
      change: { phase: 'rejected' as const, failure: { code: 'rejected', message: 'No' }, expiresAt: null },
      timeline: [entry('ended', 'rejected')],
    };
    await closeRequest(registry.db, input);
    await closeRequest(registry.db, input);
    expect(await registry.request(requestId)).toMatchObject({ phase: 'rejected', failureCode: 'rejected', credentialSetId: null });
    expect(await registry.db.select().from(credentialSets).where(eq(credentialSets.id, credentialSetId!))).toEqual([]);
    expect(await registry.db.select().from(nicknames).where(eq(nicknames.ownerId, requestId))).toEqual([]);
    expect(await isTokenHeld(token)).toBe(false);
    expect(await registry.timeline(requestId)).toEqual(['rejected']);
    expect(await registry.db.select().from(auditEvents).where(eq(auditEvents.targetId, requestId))).toHaveLength(1);
    await expect(openRequestCredentials(registry, requestId)).rejects.toMatchObject({ details: [{ code: 'credentials_erased' }] });
  });
});

describe('D3: messages that a run receives while it closes its request', () => {
  it('go on the timeline once, after the end; entries of the run stay', async () => {
    const requestId = await registry.newRequest();
    const insert = (messageId: string, status: 'signalled' | 'ignored') =>
      registry.db
        .insert(notificationInbox)
        .values({ id: newId(), messageId, source: 'queue', type: 'StateChange', requestId, awsState: 'accepted', status });
    const [noted, late, other] = [newId(), newId(), newId()];
    await insert(noted, 'signalled');
    await insert(late, 'signalled');
    await insert(other, 'ignored');
    const change = { phase: 'cancelled' as const, failure: { code: 'cancelled', message: 'No' } };
    const input = { requestId, change, timeline: [entry(`message/${noted}`, 'aws_state'), entry('ended', 'cancelled')] };
    await closeRequest(registry.db, input);
    await closeRequest(registry.db, input);
    expect(await registry.timeline(requestId)).toEqual(['aws_state', 'cancelled', 'late_message']);
  });
});

describe('recordCloudCheck', () => {
  it('C2: does not overwrite a later check with a slower one', async () => {
    const requestId = await registry.newRequest({ phase: 'verifying' });
    const { cloudId } = await registerCloud(registry.db, { requestId });
    const later = new Date(Date.now() + 60_000).toISOString();
    const reason = { code: 'role_refused', message: 'No' };
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'access_denied', reason }, at: later });
    await recordCloudCheck(registry.db, { cloudId, result: { status: 'ok', reason: null }, at: new Date().toISOString() });
    const [cloud] = await registry.db.select().from(clouds).where(eq(clouds.id, cloudId));
    expect(cloud).toMatchObject({ status: 'access_denied', statusCode: 'role_refused' });
  });

  it('C2: ignores a check with credentials that were replaced during it', async () => {
    const { db } = registry;
    const { cloudId } = await registerCloud(db, { requestId: await registry.newRequest({ phase: 'verifying' }) });
    const [before] = await db.select().from(clouds).where(eq(clouds.id, cloudId));
    const replacement = newId();
    const [set] = await db.select().from(credentialSets).where(eq(credentialSets.id, before!.credentialSetId));
    await db.insert(credentialSets).values({ ...set!, id: replacement });
    await db.update(clouds).set({ credentialSetId: replacement, status: 'pending' }).where(eq(clouds.id, cloudId));
    const recorded = async (credentialSetId: string) => {
      const at = new Date(Date.now() + 60_000).toISOString();
      await recordCloudCheck(db, { cloudId, result: { status: 'ok', reason: null, credentialSetId }, at });
      const [cloud] = await db.select().from(clouds).where(eq(clouds.id, cloudId));
      return cloud!.status;
    };
    expect(await recorded(before!.credentialSetId)).toBe('pending');
    expect(await recorded(replacement)).toBe('ok');
  });
});

describe('findSeenRemains', () => {
  const seen = (index: number, resourceStatus: string, physicalResourceId?: string) => ({
    ...entry(`stack-event/${index}`, 'stack_event'),
    detail: { logicalResourceId: 'HarvestingRole', resourceType: 'AWS::IAM::Role', resourceStatus, physicalResourceId },
  });
  const role = { type: 'AWS::IAM::Role', name: 'Harvest' };

  it.each([
    ['was announced', [seen(1, 'CREATE_IN_PROGRESS')], []],
    ['stands', [seen(1, 'CREATE_IN_PROGRESS'), seen(2, 'CREATE_IN_PROGRESS', 'Harvest'), seen(3, 'CREATE_FAILED', 'Harvest')], [role]],
    ['is gone', [seen(1, 'CREATE_COMPLETE', 'Harvest'), seen(2, 'DELETE_COMPLETE', 'Harvest')], []],
    ['could not go', [seen(1, 'CREATE_COMPLETE', 'Harvest'), seen(2, 'DELETE_FAILED', 'Harvest')], [role]],
    ['is somebody else’s of that name', [seen(1, 'CREATE_FAILED', 'Harvest')], []],
  ])('D6: a role that %s', async (_what, timeline, remains) => {
    const requestId = await registry.newRequest({ phase: 'deploying' });
    await recordProgress(registry.db, { requestId, change: { stack: { name: 'muster-x', status: 'CREATE_IN_PROGRESS' } }, timeline });
    expect(await findSeenRemains(registry.db, requestId)).toEqual([{ type: 'AWS::CloudFormation::Stack', name: 'muster-x' }, ...remains]);
  });

  it('D6: names no stack that was never seen or is seen to be deleted', async () => {
    const requestId = await registry.newRequest({ phase: 'deploying' });
    expect(await findSeenRemains(registry.db, requestId)).toEqual([]);
    await recordProgress(registry.db, { requestId, change: { stack: { name: 'muster-x', status: 'DELETE_COMPLETE' } } });
    expect(await findSeenRemains(registry.db, requestId)).toEqual([]);
  });
});
