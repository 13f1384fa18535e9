import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failures.ts';
import type { OpenableRequest } from '../../../api/temporal/gateway.ts';
import { connectTemporal } from '../../../api/temporal/connect.ts';
import { createTemporalGateway } from '../../../api/temporal/temporal-gateway.ts';
import { findFreePort } from '../../../dev/process/ports.ts';
import { findTemporalCli } from '../../../dev/temporal/cli.ts';
import type { Activities } from '../../../workflows/contracts/activities.ts';
import { delegationWorkflowId } from '../../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { taskQueue } from '../../../workflows/contracts/queues.ts';
import { searchAttributes } from '../../../workflows/contracts/search-attributes.ts';
import { FakeActivities } from '../../support/fake-activities.ts';
import { testBundle } from '../../support/workflow-bundle.ts';

const patience = { accept: 3_000, result: 3_000, ping: 2_000 };
let env: TestWorkflowEnvironment;
let stopWorker: (() => Promise<void>) | null = null;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const path = await findTemporalCli();
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path }, searchAttributes: Object.values(searchAttributes) },
  });
});
afterEach(async () => {
  await stopWorker?.();
  stopWorker = null;
});
afterAll(() => env?.teardown());

const gateway = () => createTemporalGateway(env.client, patience);
const newRequest = (): OpenableRequest => ({ id: randomUUID(), nickname: 'Payments', accountId: '111122223333', roleName: 'Harvest' });
const handleOf = ({ id }: OpenableRequest) => env.client.workflow.getHandle(delegationWorkflowId(id));

/** Serves Muster's own queue until the test ends. */
async function startWorker(overrides: Partial<Activities> = {}): Promise<FakeActivities> {
  const fake = new FakeActivities(overrides);
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await testBundle(),
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
  it("D2: starts the run and answers with AWS's link; asking again asks AWS nothing", async () => {
    const fake = await startWorker();
    const request = newRequest();
    const opened = { kind: 'opened', awsRequestId: 'dr-1', consoleUrl: 'https://console.example/1' };
    expect(await gateway().open(request)).toEqual(opened);
    expect(await gateway().open(request)).toEqual(opened);
    expect(fake.count('createDelegationRequest')).toBe(1);
  });

  it("D2: AWS's refusal comes with our code, AWS's code and AWS's words, also to those who ask after the end", async () => {
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

  it('without a worker the answer comes in time, and once one is there the same question is answered', async () => {
    const request = newRequest();
    const began = Date.now();
    expect(await gateway().open(request)).toEqual({ kind: 'unanswered', started: false });
    expect(Date.now() - began).toBeLessThan(patience.accept + 2_000);
    await startWorker();
    expect((await gateway().open(request)).kind).toBe('opened');
  });

  it('a slow AWS is not waited for without end, and the run goes on', async () => {
    let answer = (): void => {};
    await startWorker({
      createDelegationRequest: async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        return { awsRequestId: 'dr-slow', consoleUrl: 'https://console.example/slow' };
      },
    });
    const request = newRequest();
    expect(await gateway().open(request)).toEqual({ kind: 'unanswered', started: true });
    answer();
    expect(await gateway().open(request)).toMatchObject({ kind: 'opened', awsRequestId: 'dr-slow' });
  });
});

describe('cancelling a request', () => {
  it('D9: the run ends as cancelled and knows who asked; a second time there is nothing to cancel', async () => {
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

  it('D9: a request whose run nobody started ends in an orderly way too', async () => {
    const fake = await startWorker();
    const request = newRequest();
    expect(await gateway().cancel(request, 'Ada Admin')).toEqual({ kind: 'cancelled' });
    expect(await handleOf(request).result()).toMatchObject({ phase: 'cancelled' });
    expect(fake.calls).toContain('closeRequest');
  });

  it('without a worker the caller is told so', async () => {
    expect(await gateway().cancel(newRequest(), 'Ada Admin')).toEqual({ kind: 'unanswered' });
  });
});

describe('rechecking a cloud', () => {
  it('C3: two people who ask at once start one check', async () => {
    let checks = 0;
    const fake = await startWorker({
      checkCloudRole: async () => {
        checks += 1;
        await delay(500);
        return { status: 'ok', reason: null };
      },
    });
    const cloud = { id: randomUUID(), accountId: '111122223333' };
    await Promise.all([gateway().recheck(cloud), gateway().recheck(cloud)]);
    await env.client.workflow.getHandle(`cloud-recheck/${cloud.id}`).result();
    expect([checks, fake.count('recordCloudCheck')]).toEqual([1, 1]);
    await gateway().recheck(cloud);
    await env.client.workflow.getHandle(`cloud-recheck/${cloud.id}`).result();
    expect(checks).toBe(2);
  });
});

describe('when Temporal is not there', () => {
  it('S6: every question is answered in time', async () => {
    const nobody = connectTemporal(`127.0.0.1:${await findFreePort()}`, 'default');
    const lost = createTemporalGateway(nobody, patience);
    const began = Date.now();
    await expect(lost.ping()).rejects.toThrow();
    await expect(lost.recheck({ id: randomUUID(), accountId: '111122223333' })).rejects.toThrow();
    expect(await lost.open(newRequest())).toEqual({ kind: 'unanswered', started: false });
    expect(await lost.cancel(newRequest(), 'Ada Admin')).toEqual({ kind: 'unanswered' });
    expect(Date.now() - began).toBeLessThan(patience.ping + 3 * patience.accept + 3_000);
    await nobody.connection.close();
  });

  it('S6: it answers when it is there, and not for a namespace that is not', async () => {
    await expect(gateway().ping()).resolves.toBeUndefined();
    const elsewhere = connectTemporal(env.address, 'no-such-namespace');
    await expect(createTemporalGateway(elsewhere, patience).ping()).rejects.toThrow();
    await elsewhere.connection.close();
  });
});
