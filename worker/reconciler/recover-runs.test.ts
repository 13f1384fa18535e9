import { WorkflowNotFoundError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents, clouds, delegationRequests, notificationInbox, previews, syncs } from '../../db/schema/index.ts';
import { recordCloudCheck } from '../../activities/role-check/record-cloud-check.ts';
import { newId } from '../../db/ids.ts';
import { insertMember, insertSync } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { fakeClient, runReconcilerJob } from '../../test/support/run-reconciler-job.ts';
import type { ReconcilerJob } from './job.ts';
import { recoverDelegationRequests } from './recover-delegation-requests.ts';
import { recoverHolds } from './recover-holds.ts';
import { recoverPreviews } from './recover-previews.ts';
import { recoverRechecks } from './recover-rechecks.ts';
import { startCleanUps } from './start-clean-ups.ts';

let registry: TestRegistry;
/** The runs that Temporal has, by workflow id; others do not exist. */
const runs = new Map<string, { status: string; historyLength?: number; closeTime?: Date }>();
let started: { workflowId: string; input: unknown; conflict: unknown }[];
let isAway: boolean;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(async () => {
  [started, isAway] = [[], false];
  runs.clear();
  await registry.db.delete(delegationRequests);
  await registry.db.delete(clouds);
  await registry.db.delete(syncs);
});

const longAgo = new Date(Date.now() - 60_000);

function round(job: ReconcilerJob): Promise<string[]> {
  const getHandle = (workflowId: string) => ({
    describe: async () => {
      if (isAway) throw new Error('Temporal is away');
      const run = runs.get(workflowId);
      if (!run) throw new WorkflowNotFoundError('not found', workflowId, undefined);
      return { status: { name: run.status }, historyLength: run.historyLength ?? 50, closeTime: run.closeTime };
    },
  });
  const start = async (_type: string, options: { workflowId: string; args: [unknown]; workflowIdConflictPolicy?: unknown }) =>
    void started.push({ workflowId: options.workflowId, input: options.args[0], conflict: options.workflowIdConflictPolicy });
  return runReconcilerJob(job, registry.db, fakeClient({ workflow: { getHandle, start } }));
}

describe('S8: an open request', () => {
  const open = (changes: Partial<typeof delegationRequests.$inferInsert> = {}) =>
    registry.newRequest({ createdAt: longAgo, workflowStartedAt: longAgo, ...changes });

  it.each([
    ['is unknown to Temporal', undefined, {}],
    ['ended as completed', { status: 'COMPLETED' }, {}],
    ['failed', { status: 'FAILED' }, {}],
    ['was cancelled without an end of the request', { status: 'CANCELED' }, {}],
    ['timed out', { status: 'TIMED_OUT' }, {}],
    ['is older in Temporal than the request', { status: 'RUNNING', historyLength: 10 }, { runHistoryLength: 20 }],
    ['was about to be replaced when a process ended', { status: 'RUNNING' }, { workflowStartedAt: null, generation: 3 }],
  ] as const)('gets a new run if its run %s', async (_what, run, changes) => {
    const id = await open(changes);
    if (run) runs.set(`delegation/${id}`, run);
    const generation = ('generation' in changes ? changes.generation : 1) + 1;
    await Promise.all([round(recoverDelegationRequests), round(recoverDelegationRequests)]);
    expect(started).toEqual([{ workflowId: `delegation/${id}`, input: { requestId: id, generation }, conflict: 'TERMINATE_EXISTING' }]);
    expect(await registry.request(id)).toMatchObject({
      generation,
      phase: 'requested',
      runHistoryLength: 0,
      workflowStartedAt: expect.any(Date),
    });
    expect(await registry.timeline(id)).toEqual(['taken_up']);
    const audited = await registry.db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
    expect(audited).toMatchObject([{ action: 'delegation_request.taken_up', detail: { generation } }]);
  });

  it('keeps its run while the run runs, while the request is young, and while Temporal does not answer', async () => {
    const running = await open({ runHistoryLength: 50 });
    runs.set(`delegation/${running}`, { status: 'RUNNING', historyLength: 50 });
    await open({ createdAt: new Date() });
    await open({ phase: 'completed' });
    await round(recoverDelegationRequests);
    await registry.db.update(delegationRequests).set({ claimedUntil: null });
    isAway = true;
    const unknown = await open();
    expect((await round(recoverDelegationRequests)).length).toBeGreaterThan(0);
    expect(started).toEqual([]);
    expect((await registry.request(unknown)).generation).toBe(1);
  });

  it('has the messages that the lost run had received delivered to the new run', async () => {
    const id = await open();
    const message = async (status: 'signalled' | 'ignored' | 'received') => {
      const messageId = newId();
      const about = {
        source: 'queue',
        type: 'StateChange',
        requestId: id,
        attempt: 1,
        awsRequestId: 'dr-1',
        awsUpdatedAt: longAgo,
      } as const;
      await registry.db.insert(notificationInbox).values({ id: messageId, messageId, status, ...about });
    };
    for (const status of ['signalled', 'ignored', 'received'] as const) await message(status);
    await round(recoverDelegationRequests);
    const rows = await registry.db.select().from(notificationInbox).where(eq(notificationInbox.requestId, id));
    expect(rows.map(({ status }) => status).toSorted()).toEqual(['ignored', 'received', 'received']);
  });

  it('is closed if an operator terminated its run, and its stack is removed by a run of its own', async () => {
    const id = await open({ phase: 'deploying', stackName: 'muster-x' });
    runs.set(`delegation/${id}`, { status: 'TERMINATED' });
    await round(recoverDelegationRequests);
    expect(started).toEqual([]);
    expect(await registry.request(id)).toMatchObject({ phase: 'failed', failureCode: 'interrupted', cleanUpDue: true, generation: 2 });
    await round(startCleanUps);
    expect(started).toMatchObject([
      { workflowId: `delegation/${id}/recovery`, input: { requestId: id, generation: 2, tokenReference: null } },
    ]);
  });

  it('is closed if run after run ends early', async () => {
    const id = await open({ generation: 10 });
    runs.set(`delegation/${id}`, { status: 'FAILED' });
    await round(recoverDelegationRequests);
    expect(started).toEqual([]);
    expect(await registry.request(id)).toMatchObject({ phase: 'failed', failureCode: 'internal_error' });
  });
});

describe('S8: a preview outside of the queue', () => {
  const previewed = async () => {
    const id = await insertSync(registry.db, await registry.newOrganization(), {
      kind: 'preview',
      phase: 'applying',
      createdAt: longAgo,
      signalledAt: longAgo,
    });
    return id;
  };
  it.each([undefined, 'TERMINATED', 'FAILED'])('ends if its run is %s', async (status) => {
    const id = await previewed();
    if (status) runs.set(`organization-sync/${id}`, { status });
    await round(recoverPreviews);
    const [row] = await registry.db.select().from(syncs).where(eq(syncs.id, id));
    expect(row).toMatchObject({ phase: 'failed', failureCode: 'interrupted' });
    expect(await registry.db.select().from(previews).where(eq(previews.syncId, id))).toEqual([]);
  });
  it('goes on while its run runs', async () => {
    const id = await previewed();
    runs.set(`organization-sync/${id}`, { status: 'RUNNING' });
    await round(recoverPreviews);
    expect((await registry.db.select().from(syncs).where(eq(syncs.id, id)))[0]!.phase).toBe('applying');
  });
});

describe('S8: a waiting hold of removals', () => {
  const held = async () =>
    await insertSync(registry.db, await registry.newOrganization(), {
      phase: 'completed',
      createdAt: longAgo,
      updatedAt: longAgo,
      heldRemovals: 8,
      heldRemovalsState: 'waiting',
      lastAccountNumber: 30,
    });
  const stateOf = async (id: string) => (await registry.db.select().from(syncs).where(eq(syncs.id, id)))[0]!.heldRemovalsState;

  it.each([undefined, 'COMPLETED', 'FAILED'])('gets a new run if its run is %s', async (status) => {
    const id = await held();
    if (status) runs.set(`removal-hold/${id}`, { status });
    await round(recoverHolds);
    expect(started).toMatchObject([{ workflowId: `removal-hold/${id}`, input: { syncId: id, count: 8, lastNumber: 30 } }]);
    expect(await stateOf(id)).toBe('waiting');
  });

  it('counts as refused if an operator terminated its run', async () => {
    const id = await held();
    runs.set(`removal-hold/${id}`, { status: 'TERMINATED' });
    await round(recoverHolds);
    expect([started, await stateOf(id)]).toEqual([[], 'refused']);
  });

  it('keeps its run', async () => {
    const id = await held();
    runs.set(`removal-hold/${id}`, { status: 'RUNNING' });
    await round(recoverHolds);
    expect([started, await stateOf(id)]).toEqual([[], 'waiting']);
  });
});

describe('S8: a requested check of a cloud', () => {
  const requested = async () => {
    const organization = await registry.newOrganization();
    const cloudId = await insertMember(registry.db, organization, { recheckRequestedAt: longAgo });
    return cloudId;
  };
  const requestOf = async (id: string) => (await registry.db.select().from(clouds).where(eq(clouds.id, id)))[0]!.recheckRequestedAt;

  it.each([undefined, { status: 'COMPLETED', closeTime: new Date(longAgo.getTime() - 1) }])(
    'starts again if its run is %o',
    async (run) => {
      const id = await requested();
      if (run) runs.set(`cloud-recheck/${id}`, run);
      await round(recoverRechecks);
      expect(started).toMatchObject([{ workflowId: `cloud-recheck/${id}` }]);
    },
  );

  it.each(['COMPLETED', 'FAILED', 'TERMINATED'])('is answered by a run that has %s since', async (status) => {
    const id = await requested();
    runs.set(`cloud-recheck/${id}`, { status, closeTime: new Date() });
    await round(recoverRechecks);
    expect([started, await requestOf(id)]).toEqual([[], null]);
  });

  it('keeps its run', async () => {
    const id = await requested();
    runs.set(`cloud-recheck/${id}`, { status: 'RUNNING' });
    await round(recoverRechecks);
    expect([started, await requestOf(id)]).toEqual([[], longAgo]);
  });

  it('is answered by the record of its outcome', async () => {
    const id = await requested();
    await recordCloudCheck(registry.db, { cloudId: id, result: { status: 'ok', reason: null }, at: new Date().toISOString() });
    expect(await requestOf(id)).toBeNull();
  });
});
