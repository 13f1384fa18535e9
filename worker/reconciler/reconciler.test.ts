import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { delegationRequests, idempotencyKeys, notificationInbox } from '../../db/schema/index.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { fakeClient, reconcilerOptions } from '../../test/support/run-reconciler-job.ts';
import { reconcile } from './reconciler.ts';

let registry: TestRegistry;
let started: string[];
let signalled: string[];
let start: (workflowId: string) => void;
let list: () => Promise<void>;
let schedulesListed: number;
let failed: string[];
let logged: string;
const logger = pino({ level: 'warn' }, { write: (line) => void (logged += line) });

beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(() => {
  started = [];
  signalled = [];
  [failed, logged, schedulesListed] = [[], '', 0];
  list = async () => {};
  start = (workflowId) => void started.push(workflowId);
});

async function round(): Promise<void> {
  const workflow = {
    start: async (_type: string, { workflowId }: { workflowId: string }) => start(workflowId),
    list: async function* () {
      await list();
      yield* [];
    },
  };
  const schedule = {
    list: async function* () {
      schedulesListed += 1;
      yield* [];
    },
  };
  const options = reconcilerOptions(registry.db, fakeClient({ workflow, schedule }));
  const signals = {
    send: async ({ messageId }: { messageId: string }) => {
      signalled.push(messageId);
      return true;
    },
  };
  await reconcile({ ...options, signals, logger, countFailure: (job) => void failed.push(job) }, new AbortController().signal);
}

const longAgo = new Date(Date.now() - 60_000);

async function message(requestId: string, changes: Partial<typeof notificationInbox.$inferInsert> = {}): Promise<string> {
  const id = newId();
  await registry.db.insert(notificationInbox).values({
    id,
    messageId: id,
    source: 'queue',
    type: 'StateChange',
    requestId,
    attempt: 1,
    awsRequestId: 'dr-1',
    awsState: 'assigned',
    awsUpdatedAt: longAgo,
    receivedAt: longAgo,
    ...changes,
  });
  return id;
}

const row = async (id: string) => (await registry.db.select().from(notificationInbox).where(eq(notificationInbox.id, id)))[0]!;

describe('requests whose API process died before it started their workflow', () => {
  it('are started, once', async () => {
    const id = await registry.newRequest({ createdAt: longAgo });
    await Promise.all([round(), round(), round()]);
    await round();
    expect(started).toEqual([`delegation/${id}`]);
    expect((await registry.request(id)).workflowStartedAt).not.toBeNull();
  });

  it('are skipped while their process may still work on them, and when they run or have ended', async () => {
    await registry.newRequest();
    await registry.newRequest({ createdAt: longAgo, phase: 'cancelled' });
    await registry.newRequest({ createdAt: longAgo, workflowStartedAt: longAgo });
    await round();
    expect(started).toEqual([]);
  });

  it('count as started if their run already exists', async () => {
    const id = await registry.newRequest({ createdAt: longAgo });
    start = (workflowId) => {
      throw new WorkflowExecutionAlreadyStartedError('there', workflowId, 'delegationOnboarding');
    };
    await round();
    expect((await registry.request(id)).workflowStartedAt).not.toBeNull();
  });

  it('are retried if Temporal was unavailable', async () => {
    const id = await registry.newRequest({ createdAt: longAgo });
    start = () => {
      throw new Error('Temporal is away');
    };
    await round();
    expect(failed).toEqual(['start-delegation-requests']);
    expect(JSON.parse(logged)).toMatchObject({ job: 'start-delegation-requests', requestId: id, fault: 'Error: Temporal is away' });
    expect((await registry.request(id)).workflowStartedAt).toBeNull();
  });
});

it('S8: a request that Temporal refuses stops neither the other requests nor the other jobs of the round', async () => {
  const refused = await registry.newRequest({ createdAt: new Date(Date.now() - 120_000) });
  const fine = await registry.newRequest({ createdAt: longAgo });
  const notification = await message(await registry.newRequest({ workflowStartedAt: longAgo }));
  start = (workflowId) => {
    if (workflowId === `delegation/${refused}`) throw new Error('Temporal refuses it');
    started.push(workflowId);
  };
  await round();
  expect(started).toEqual([`delegation/${fine}`]);
  expect(signalled).toEqual([notification]);
  expect(failed).toEqual(['start-delegation-requests']);
  await registry.db.delete(delegationRequests);
});

it('S8: a job that fails before its first row does not stop the later jobs', async () => {
  list = () => Promise.reject(new Error('no visibility store'));
  await round();
  expect(failed).toEqual(['end-orphaned-requests', 'end-orphaned-holds', 'end-idle-keepers']);
  expect(schedulesListed).toBe(1);
});

describe('D10: notifications that were stored and never signalled', () => {
  it('are signalled and marked', async () => {
    const id = await message(await registry.newRequest({ workflowStartedAt: longAgo }));
    await round();
    expect(signalled).toEqual([id]);
    expect(await row(id)).toMatchObject({ status: 'signalled' });
  });

  it('are not delayed by any number of others whose run is gone', async () => {
    const gone = await registry.newRequest({ workflowStartedAt: longAgo });
    const older = new Date(Date.now() - 120_000);
    for (let others = 0; others < 101; others += 1) await message(gone, { receivedAt: older, claimedUntil: longAgo });
    const id = await message(await registry.newRequest({ workflowStartedAt: longAgo }));
    await round();
    expect(signalled).toContain(id);
    await round();
    expect(signalled).toHaveLength(102);
  });

  it('are left to the intake while they are new', async () => {
    await message(await registry.newRequest({ workflowStartedAt: longAgo }), { receivedAt: new Date() });
    await round();
    expect(signalled).toEqual([]);
  });
});

describe('D11: erases', () => {
  it('the tokens of ended requests, and expired tokens', async () => {
    const sealed = { sealedToken: Buffer.from('sealed'), tokenKeyId: 'k', status: 'signalled' as const, type: 'ExchangeToken' as const };
    const live = await registry.newRequest({ workflowStartedAt: longAgo });
    const ended = await registry.newRequest({ phase: 'failed' });
    const inTwoHours = new Date(Date.now() + 7_200_000);
    const kept = await message(live, { ...sealed, tokenExpiresAt: inTwoHours });
    const useless = await message(live, { ...sealed, tokenExpiresAt: new Date(Date.now() - 2 * 24 * 3_600_000) });
    const served = await message(ended, { ...sealed, tokenExpiresAt: inTwoHours });
    await round();
    expect((await row(kept)).sealedToken).not.toBeNull();
    expect((await row(useless)).sealedToken).toBeNull();
    expect((await row(served)).sealedToken).toBeNull();
  });

  it('expired responses of create calls', async () => {
    const apiKeyId = newId();
    const common = { apiKeyId, fingerprint: 'f' };
    await registry.db.insert(idempotencyKeys).values([
      { ...common, key: 'old', expiresAt: longAgo },
      { ...common, key: 'new', expiresAt: new Date(Date.now() + 60_000) },
    ]);
    await round();
    const left = await registry.db.select({ key: idempotencyKeys.key }).from(idempotencyKeys).where(eq(idempotencyKeys.apiKeyId, apiKeyId));
    expect(left).toEqual([{ key: 'new' }]);
  });
});
