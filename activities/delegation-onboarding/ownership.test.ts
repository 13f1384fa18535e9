import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeWithoutRun } from '../../db/delegation/close-without-run.ts';
import { newId } from '../../db/ids.ts';
import { auditEvents, delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { onboardingActor } from '../actor.ts';
import { closeRequest } from './close-request.ts';
import { finishCleanUp } from './finish-clean-up.ts';
import { loadRequestToRun } from './load-request.ts';
import { recordProgress } from './record-progress.ts';
import { recordStrandedRun } from './record-stranded-run.ts';
import { registerCloud } from './register-cloud.ts';
import { requireGeneration, requireOwnership } from './require-ownership.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

const refusal = (code: string) => ({ type: 'Superseded', nonRetryable: true, details: [{ code }] });
const interrupted = { phase: 'failed', code: 'interrupted', message: 'Terminated.', actor: onboardingActor } as const;

async function token(requestId: string): Promise<string> {
  const id = newId();
  const { bytes, keyId } = await registry.sealer.seal('secret', { table: 'notification_inbox', id });
  const about = { requestId, attempt: 1, awsRequestId: 'dr-1', awsUpdatedAt: new Date() };
  await registry.db.insert(notificationInbox).values({
    id,
    messageId: id,
    source: 'queue',
    type: 'ExchangeToken',
    status: 'signalled',
    sealedToken: bytes,
    tokenKeyId: keyId,
    ...about,
  });
  return id;
}
const tokensOf = async (requestId: string) =>
  (await registry.db.select().from(notificationInbox).where(eq(notificationInbox.requestId, requestId))).map((row) => row.sealedToken);

describe('S8: a run that another run of the request has replaced', () => {
  it.each([
    ['reads nothing', (run: Run) => loadRequestToRun(registry.db, run)],
    ['calls nothing at AWS', (run: Run) => requireOwnership(registry.db, run)],
    ['removes nothing', (run: Run) => requireGeneration(registry.db, run)],
    ['writes no progress', (run: Run) => recordProgress(registry.db, { ...run, change: { phase: 'deploying' } })],
    ['registers no cloud', (run: Run) => registerCloud(registry.db, run)],
    ['closes nothing', (run: Run) => closeRequest(registry.db, { ...run, change: { phase: 'expired' } })],
    ['erases no token', (run: Run) => finishCleanUp(registry.db, { ...run, timeline: [] })],
  ])('%s', async (_what, act) => {
    const requestId = await registry.newRequest({ generation: 2 });
    // Runs from before generations name none.
    for (const run of [{ requestId, generation: 1 }, { requestId }]) await expect(act(run)).rejects.toMatchObject(refusal('superseded'));
    expect(await registry.request(requestId)).toMatchObject({ phase: 'requested', cloudId: null });
    expect(await registry.timeline(requestId)).toEqual([]);
  });

  it('is refused as a run without a request if the database does not hold it', async () => {
    await expect(requireOwnership(registry.db, { requestId: newId() })).rejects.toMatchObject(refusal('request_missing'));
  });

  it('is refused as a run of an ended request if the request has ended; a repeated end changes nothing', async () => {
    const requestId = await registry.newRequest({ phase: 'verifying' });
    await registerCloud(registry.db, { requestId });
    const completed = await registry.request(requestId);
    await expect(requireOwnership(registry.db, { requestId })).rejects.toMatchObject(refusal('request_ended'));
    // A run that Temporal restored from a backup would close the request. The credentials are the cloud's by now.
    await closeRequest(registry.db, { requestId, change: { phase: 'expired' } });
    expect(await registry.request(requestId)).toEqual(completed);
  });
});
interface Run {
  requestId: string;
  generation?: number;
}

describe('S8: a run that Temporal restored from a backup', () => {
  const write = (requestId: string, historyLength: number, at: number, key: string) =>
    recordProgress(
      registry.db,
      { requestId, historyLength, timeline: [{ key, at: new Date().toISOString(), type: key, message: key }] },
      new Date(at),
    );

  it('is refused at its first write, and a retried write of the current run is not', async () => {
    const requestId = await registry.newRequest();
    await write(requestId, 10, 1_000, 'a');
    await write(requestId, 10, 1_000, 'a');
    await write(requestId, 20, 2_000, 'b');
    for (const historyLength of [10, 15, 20]) {
      await expect(write(requestId, historyLength, 9_000, 'late')).rejects.toMatchObject(refusal('superseded'));
    }
    await write(requestId, 25, 3_000, 'c');
    expect(await registry.timeline(requestId)).toEqual(['a', 'b', 'c']);
  });
});

describe('S8: a request whose run is gone', () => {
  it('ends with everything released, and keeps its token for the removal of what it deployed', async () => {
    const requestId = await registry.newRequest({ phase: 'deploying', stackName: 'muster-x' });
    await token(requestId);
    expect(await closeWithoutRun(registry.db, { id: requestId, generation: 1 }, interrupted)).toBe(true);
    expect(await registry.request(requestId)).toMatchObject({
      ...{ phase: 'failed', failureCode: 'interrupted', credentialSetId: null, generation: 2, cleanUpDue: true },
    });
    expect(await tokensOf(requestId)).toEqual([expect.anything()]);
    const entry = { key: 'stack-removal', at: new Date().toISOString(), type: 'stack_removal', message: 'Nothing is left.' };
    for (let time = 0; time < 2; time += 1) await finishCleanUp(registry.db, { requestId, generation: 2, timeline: [entry] });
    expect(await registry.timeline(requestId)).toEqual(['failed', 'late_message', 'stack_removal']);
    expect(await tokensOf(requestId)).toEqual([null]);
    expect((await registry.request(requestId)).cleanUpDue).toBe(false);
  });

  it('has nothing to remove if AWS sent no token', async () => {
    const requestId = await registry.newRequest();
    await closeWithoutRun(registry.db, { id: requestId, generation: 1 }, interrupted);
    expect((await registry.request(requestId)).cleanUpDue).toBe(false);
  });

  it('is closed once, and not if it has ended or has another run', async () => {
    const requestId = await registry.newRequest();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => closeWithoutRun(registry.db, { id: requestId, generation: 1 }, interrupted)),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const other = await registry.newRequest({ generation: 3 });
    expect(await closeWithoutRun(registry.db, { id: other, generation: 2 }, interrupted)).toBe(false);
    expect((await registry.request(other)).phase).toBe('requested');
  });
});

describe('S8: a new run', () => {
  it('continues with the request that an earlier run created at AWS', async () => {
    const requestId = await registry.newRequest({ awsRequestId: 'dr-2', consoleUrl: 'https://console.example/2' });
    const entry = (attempt: number, type: string, awsRequestId?: string) => ({
      ...{ key: `${type}/${attempt}`, at: '2026-01-01T00:00:00.000Z', type, message: type },
      detail: { attempt, ...(awsRequestId ? { awsRequestId } : {}) },
    });
    await recordProgress(registry.db, { requestId, timeline: [entry(1, 'create_failed'), entry(2, 'created', 'dr-2')] });
    expect(await loadRequestToRun(registry.db, { requestId })).toMatchObject({
      created: { attempt: 2, awsRequestId: 'dr-2', consoleUrl: 'https://console.example/2', at: '2026-01-01T00:00:00.000Z' },
      lastAttempt: 2,
    });
  });

  it('creates one under a new number if no answer is recorded', async () => {
    const requestId = await registry.newRequest();
    expect(await loadRequestToRun(registry.db, { requestId })).toMatchObject({ created: null, lastAttempt: 0 });
  });
});

it('S8: a run without an open request leaves an audit entry with stack, role and account', async () => {
  const requestId = newId();
  const request = { scope: 'organization', accountId: '111122223333', roleName: 'Harvest' } as const;
  await recordStrandedRun(registry.db, { requestId, request, reason: 'gone' });
  const [entry] = await registry.db.select().from(auditEvents).where(eq(auditEvents.targetId, requestId));
  expect(entry).toMatchObject({
    action: 'delegation_request.run_ended',
    detail: { reason: 'gone', stack: `muster-${requestId}`, role: 'Harvest', accountId: '111122223333', stackSet: expect.any(String) },
  });
  expect(await registry.db.select().from(delegationRequests).where(eq(delegationRequests.id, requestId))).toEqual([]);
});
