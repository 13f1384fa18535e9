import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { activityInfo } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failures.ts';
import type { OpenableRequest } from '../../../api/temporal/gateway.ts';
import { connectTemporal } from '../../../api/temporal/connect.ts';
import { createTemporalGateway } from '../../../api/temporal/temporal-gateway.ts';
import { findFreePort } from '../../../dev/process/ports.ts';
import type { Activities } from '../../../workflows/contracts/activities.ts';
import { delegationWorkflowId } from '../../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { taskQueue } from '../../../workflows/contracts/queues.ts';
import { FakeActivities } from '../../support/fake-activities.ts';
import { gate } from '../../support/gate.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { createTestWorker } from '../../support/workflow-worker.ts';

/** Long enough for the first task of a new worker on a busy machine. */
const timeouts = { acceptMs: 10_000, resultMs: 10_000, pingMs: 2_000 };
/** For calls that get no answer. */
const shortTimeouts = { acceptMs: 3_000, resultMs: 3_000, pingMs: 2_000 };
let env: TestWorkflowEnvironment;
let stopWorker: (() => Promise<void>) | null = null;

beforeAll(async () => {
  env = await startLocalServer();
});
afterEach(async () => {
  await stopWorker?.();
  stopWorker = null;
});
afterAll(() => env?.teardown());

const gateway = (limits = timeouts) => createTemporalGateway(env.client, limits);
const newRequest = (): OpenableRequest => ({
  id: randomUUID(),
  nickname: 'Payments',
  scope: 'account',
  accountId: '111122223333',
  roleName: 'Harvest',
  generation: 1,
  workflowStartedAt: null,
});
const handleOf = ({ id }: OpenableRequest) => env.client.workflow.getHandle(delegationWorkflowId(id));

/** Runs a worker on Muster's own queue until the test ends. */
async function startWorker(overrides: Partial<Activities> = {}): Promise<FakeActivities> {
  const fake = new FakeActivities(overrides);
  const worker = await createTestWorker(env, {
    taskQueue,
    activities: { ...fake.activities },
  });
  const running = worker.run();
  stopWorker = async () => {
    worker.shutdown();
    await running;
  };
  return fake;
}

describe('opening a request', () => {
  it("D2: starts the run and returns AWS's link; a repeat does not call AWS", async () => {
    const fake = await startWorker();
    const request = newRequest();
    const opened = { kind: 'opened', awsRequestId: 'dr-1', consoleUrl: 'https://console.example/1' };
    expect(await gateway().open(request)).toEqual(opened);
    expect(await gateway().open(request)).toEqual(opened);
    expect(fake.count('createDelegationRequest')).toBe(1);
  });

  it("D2: a refusal by AWS has Muster's code, AWS's code and AWS's message, also after the run has ended", async () => {
    await startWorker({
      createDelegationRequest: async () => {
        throw failure(failureTypes.invalidInput, 'No such template', { code: 'aws_refused', awsCode: 'InvalidInput' });
      },
    });
    const request = newRequest();
    expect(await gateway().open(request)).toEqual({
      kind: 'refused',
      code: 'aws_refused',
      awsCode: 'InvalidInput',
      message: expect.stringContaining('No such template'),
    });
    await handleOf(request).result();
    expect(['ended', 'refused']).toContain((await gateway().open(request)).kind);
  });

  it('without a worker, a call is unanswered; once a worker runs, a repeat is answered', async () => {
    const request = newRequest();
    expect(await gateway(shortTimeouts).open(request)).toEqual({ kind: 'unanswered', started: false });
    await startWorker();
    expect((await gateway().open(request)).kind).toBe('opened');
  });

  it('a slow answer of AWS times out, and the run continues', async () => {
    const answer = gate();
    await startWorker({
      createDelegationRequest: async () => {
        await answer.opened;
        return { awsRequestId: 'dr-slow', consoleUrl: 'https://console.example/slow' };
      },
    });
    const request = newRequest();
    const { resultMs } = shortTimeouts;
    expect(await gateway({ ...timeouts, resultMs }).open(request)).toEqual({ kind: 'unanswered', started: true });
    answer.open();
    expect(await gateway().open(request)).toMatchObject({ kind: 'opened', awsRequestId: 'dr-slow' });
  });
});

describe('cancelling a request', () => {
  it("D9: the run ends as cancelled with the caller's name; a second cancellation finds no run", async () => {
    const fake = await startWorker();
    const request = newRequest();
    await gateway().open(request);
    expect(await gateway().cancel(request, 'Ada Admin')).toEqual({ kind: 'cancelled' });
    expect(await handleOf(request).result()).toMatchObject({
      phase: 'cancelled',
      failure: { message: expect.stringContaining('Ada Admin') },
    });
    expect(fake.calls).toContain('closeRequest');
    expect(await gateway().cancel(request, 'Ada Admin')).toEqual({ kind: 'ended' });
  });

  it('D9: a request without a run gets one, which cleans up and ends', async () => {
    const fake = await startWorker();
    const request = newRequest();
    expect(await gateway().cancel(request, 'Ada Admin')).toEqual({ kind: 'cancelled' });
    expect(await handleOf(request).result()).toMatchObject({ phase: 'cancelled' });
    expect(fake.calls).toContain('closeRequest');
  });

  it('without a worker, a cancellation is unanswered', async () => {
    expect(await gateway(shortTimeouts).cancel(newRequest(), 'Ada Admin')).toEqual({ kind: 'unanswered' });
  });
});

describe('rechecking a cloud', () => {
  it('C3: two parallel calls start one check', async () => {
    let checks = 0;
    const bothCalled = gate();
    const fake = await startWorker({
      checkCloudRole: async () => {
        checks += 1;
        await bothCalled.opened;
        return { status: 'ok', reason: null };
      },
    });
    const cloud = { id: randomUUID(), accountId: '111122223333' };
    await Promise.all([gateway().recheck(cloud, 'join'), gateway().recheck(cloud, 'join')]);
    bothCalled.open();
    await env.client.workflow.getHandle(`cloud-recheck/${cloud.id}`).result();
    expect([checks, fake.count('recordCloudCheck')]).toEqual([1, 1]);
    await gateway().recheck(cloud, 'join');
    await env.client.workflow.getHandle(`cloud-recheck/${cloud.id}`).result();
    expect(checks).toBe(2);
  });

  it('C3: a check of new credentials replaces a running check', async () => {
    const runs = new Set<string>();
    const oldOne = gate();
    const recorded: string[] = [];
    await startWorker({
      checkCloudRole: async () => {
        runs.add(activityInfo().workflowExecution!.runId);
        if (runs.size > 1) return { status: 'ok', reason: null };
        await oldOne.opened;
        return { status: 'access_denied', reason: null };
      },
      recordCloudCheck: async ({ result }) => {
        recorded.push(result.status);
      },
    });
    const cloud = { id: randomUUID(), accountId: '111122223333' };
    await gateway().recheck(cloud, 'join');
    await expect.poll(() => runs.size).toBe(1);
    await gateway().recheck(cloud, 'replace');
    await expect
      .poll(() => recorded)
      .toEqual(['ok'])
      .finally(oldOne.open);
    expect(await env.client.workflow.getHandle(`cloud-recheck/${cloud.id}`).result()).toEqual({ status: 'ok' });
    expect(recorded).toEqual(['ok']);
  });
});

describe('without Temporal', () => {
  /** Makes each call to a Temporal that cannot answer. A call without a deadline hangs, and so fails by the test's timeout. */
  async function callEverything(address: string): Promise<unknown[]> {
    const client = connectTemporal(address, 'default');
    const lost = createTemporalGateway(client, shortTimeouts);
    const thrown = { kind: 'thrown' };
    const answers = [
      await lost.ping().catch(() => thrown),
      await lost.recheck({ id: randomUUID(), accountId: '111122223333' }, 'join').catch(() => thrown),
      await lost.open(newRequest()),
      await lost.cancel(newRequest(), 'Ada Admin'),
    ];
    await client.connection.close();
    return answers;
  }
  const noAnswers = [{ kind: 'thrown' }, { kind: 'thrown' }, { kind: 'unanswered', started: false }, { kind: 'unanswered' }];

  it('S6: no call waits for a server that does not exist', async () => {
    expect(await callEverything(`127.0.0.1:${await findFreePort()}`)).toEqual(noAnswers);
  });

  it('S6: no call waits for a server that accepts connections and never answers', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      expect(await callEverything(address)).toEqual(noAnswers);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('S6: ping succeeds with Temporal, and fails for an unknown namespace', async () => {
    await expect(gateway().ping()).resolves.toBeUndefined();
    const elsewhere = connectTemporal(env.address, 'no-such-namespace');
    await expect(createTemporalGateway(elsewhere, shortTimeouts).ping()).rejects.toThrow();
    await elsewhere.connection.close();
  });
});
