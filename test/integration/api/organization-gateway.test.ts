import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asArrivedCall } from '../../../api/arrival.ts';
import { connectTemporal } from '../../../api/temporal/connect.ts';
import { createTemporalGateway } from '../../../api/temporal/temporal-gateway.ts';
import { findFreePort } from '../../../dev/process/ports.ts';
import { credentialCheckWorkflowId } from '../../../workflows/contracts/credential-check.ts';
import { organizationWorkflowId, type KeeperRequest } from '../../../workflows/contracts/organization-keeper.ts';
import { taskQueue } from '../../../workflows/contracts/queues.ts';
import { removalHoldChild } from '../../../workflows/contracts/removal-hold.ts';
import { FakeOrganization } from '../../support/fake-organization.ts';
import { gate } from '../../support/gate.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { createTestWorker } from '../../support/workflow-worker.ts';

const timeouts = { acceptMs: 4_000, resultMs: 10_000, pingMs: 2_000 };
let env: TestWorkflowEnvironment;
let bundle: WorkflowBundle;
let stopWorker: (() => Promise<void>) | null = null;

beforeAll(async () => {
  env = await startLocalServer();
  const workflowsPath = fileURLToPath(new URL('../../support/api/organization-workflows.ts', import.meta.url));
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});
afterEach(async () => {
  await stopWorker?.();
  stopWorker = null;
});
afterAll(() => env?.teardown());

const gateway = (limits = timeouts) => createTemporalGateway(env.client, limits);
const roleArn = 'arn:aws:iam::111122223333:role/MusterOrganization';
const newSet = (kind = 'set') => ({ id: `${kind}-${randomUUID()}`, roleArn });
const statusOf = async (workflowId: string) => (await env.client.workflow.getHandle(workflowId).describe()).status.name;
const newOrganizationId = () => `o-${randomUUID().replaceAll('-', '')}`;
const request = (syncId: string): KeeperRequest => ({ kind: 'sync', syncId, trigger: 'requested', settingsGeneration: 1 });

/** Runs a worker on Muster's own queue until the test ends, with the workflows of organization-workflows.ts. */
async function startWorker(fake = new FakeOrganization()): Promise<void> {
  const worker = await createTestWorker(env, {
    taskQueue,
    workflowBundle: bundle,
    activities: { ...fake.activities },
  });
  const running = worker.run();
  stopWorker = async () => {
    worker.shutdown();
    await running;
  };
}

describe('checking credentials', () => {
  it('O5: returns the verdict, and a repeat returns it again without another run', async () => {
    await startWorker();
    const set = newSet();
    const first = await gateway().checkCredentials(set);
    expect(first).toEqual({
      kind: 'checked',
      verdict: 'accepted',
      checks: [{ name: 'assume_role', passed: true, message: set.id }],
      organization: { awsOrganizationId: 'o-a1b2c3d4e5', managementAccountId: '111122223333', partition: 'aws' },
    });
    const { runId } = await env.client.workflow.getHandle(credentialCheckWorkflowId(set.id)).describe();
    expect(await gateway().checkCredentials(set)).toEqual(first);
    expect((await env.client.workflow.getHandle(credentialCheckWorkflowId(set.id)).describe()).runId).toBe(runId);
  });

  it('O5: two parallel calls get one verdict', async () => {
    await startWorker();
    const set = newSet();
    const [one, other] = await Promise.all([gateway().checkCredentials(set), gateway().checkCredentials(set)]);
    expect([one.kind, other]).toEqual(['checked', one]);
  });

  it('C9 S9: with the timeouts of the product, a call ends within 20 s, with or without a worker', async () => {
    const product = createTemporalGateway(env.client);
    const timed = async (kind: string) => {
      const began = performance.now();
      const outcome = await asArrivedCall(() => product.checkCredentials(newSet(kind)));
      return { kind: outcome.kind, isInTime: performance.now() - began < 20_000 };
    };
    expect(await timed('set')).toEqual({ kind: 'unanswered', isInTime: true });
    await startWorker();
    expect(await timed('slow')).toEqual({ kind: 'interrupted', isInTime: true });
  });

  it('O5: the timeout is longer for a check that a worker has started', async () => {
    await startWorker();
    expect((await gateway().checkCredentials(newSet('later'))).kind).toBe('checked');
  });

  it('without a worker, the check is unanswered, and its run is terminated', async () => {
    const set = newSet();
    expect(await gateway().checkCredentials(set)).toEqual({ kind: 'unanswered' });
    expect(await statusOf(credentialCheckWorkflowId(set.id))).toBe('TERMINATED');
  });

  it('a check that does not end is interrupted, and its run is terminated', async () => {
    await startWorker();
    const set = newSet('slow');
    expect(await gateway().checkCredentials(set)).toEqual({ kind: 'interrupted' });
    expect(await statusOf(credentialCheckWorkflowId(set.id))).toBe('TERMINATED');
    expect(await gateway().checkCredentials(set)).toEqual({ kind: 'interrupted' });
  });
});

describe('the keeper', () => {
  it('O19: starts with the first request, and gets all later requests', async () => {
    await startWorker();
    const id = newOrganizationId();
    await Promise.all([gateway().wakeKeeper(id, request('a')), gateway().wakeKeeper(id, request('b'))]);
    await gateway().cancelSync(id, { syncId: 'a', by: 'Ada Admin' });
    await gateway().organizationRemoved(id, 'ours');
    const received = (await env.client.workflow.getHandle(organizationWorkflowId(id)).result()) as unknown[];
    expect(received).toHaveLength(4);
    expect(received).toEqual(expect.arrayContaining([request('a'), request('b'), { syncId: 'a', by: 'Ada Admin' }]));
    expect(received.at(-1)).toEqual({ organizationId: 'ours' });
  });

  it('O9: a cancellation starts the keeper if there is none, so that a row without a keeper ends', async () => {
    await startWorker();
    const id = newOrganizationId();
    await gateway().cancelSync(id, { syncId: 'waiting', by: 'Ada Admin' });
    expect(await statusOf(organizationWorkflowId(id))).toBe('RUNNING');
    await gateway().organizationRemoved(id, 'ours');
  });

  it('a removal does not start a keeper', async () => {
    const id = newOrganizationId();
    await gateway().organizationRemoved(id, 'ours');
    await expect(statusOf(organizationWorkflowId(id))).rejects.toThrow();
  });
});

describe('O17: held removals', () => {
  /** Long enough for the first task of a new worker on a busy machine. */
  const longTimeouts = { ...timeouts, acceptMs: 10_000 };
  const yes = { confirm: true, by: 'Olive Operator' };

  /** Starts the removal hold of a completed sync. */
  async function hold(fake = new FakeOrganization()): Promise<{ syncId: string; fake: FakeOrganization; handle: WorkflowHandle }> {
    const { syncId } = fake.ask('sync', 'completed');
    fake.holds.set(syncId, 'waiting');
    const input = { syncId, awsOrganizationId: fake.awsOrganizationId, count: 6, lastNumber: 6 };
    const { workflowType, parentClosePolicy: _childrenOnly, ...options } = removalHoldChild(input);
    return { syncId, fake, handle: await env.client.workflow.start(workflowType, options) };
  }

  it.each([true, false])(
    "confirm: %s reaches the hold with the caller's name; after its end, the hold accepts no answer",
    async (confirm) => {
      const { syncId, fake, handle } = await hold(Object.assign(new FakeOrganization(), { departed: 6 }));
      await startWorker(fake);
      expect(await gateway(longTimeouts).confirmRemovals(syncId, { ...yes, confirm })).toEqual({ kind: 'answered' });
      expect(await handle.result()).toEqual(confirm ? { state: 'confirmed', removed: 6 } : { state: 'refused', removed: 0 });
      expect(fake.answeredBy).toEqual(['Olive Operator']);
      expect(await gateway(longTimeouts).confirmRemovals(syncId, yes)).toEqual({ kind: 'ended', state: null });
    },
  );

  it('a hold that carries out a confirmation, or that a newer sync superseded, returns its state', async () => {
    const removal = gate();
    const slow = new FakeOrganization(() => ({
      removeClouds: async () => {
        await removal.opened;
        return { removed: 0, released: 0 };
      },
    }));
    const [first, second] = [await hold(slow), await hold(slow)];
    await startWorker(slow);
    await gateway(longTimeouts).confirmRemovals(first.syncId, yes);
    expect(await gateway(longTimeouts).confirmRemovals(first.syncId, { ...yes, confirm: false })).toEqual({
      kind: 'ended',
      state: 'confirmed',
    });
    removal.open();
    slow.holds.set(second.syncId, 'superseded');
    expect(await gateway(longTimeouts).confirmRemovals(second.syncId, yes)).toEqual({ kind: 'ended', state: 'superseded' });
  });

  it('without a worker, an answer is unanswered; without a run, the hold has ended', async () => {
    const { syncId } = await hold();
    expect(await gateway().confirmRemovals(syncId, yes)).toEqual({ kind: 'unanswered' });
    expect(await gateway().confirmRemovals(randomUUID(), yes)).toEqual({ kind: 'ended', state: null });
  });

  it('end with their organization; a missing hold is ignored', async () => {
    const { syncId, fake, handle } = await hold();
    await startWorker(fake);
    await gateway().supersedeHold(syncId);
    expect(await handle.result()).toEqual({ state: 'superseded', removed: 0 });
    await gateway().supersedeHold(syncId);
  });
});

it('S6: no call waits for a server that does not exist', async () => {
  const client = connectTemporal(`127.0.0.1:${await findFreePort()}`, 'default');
  const lost = createTemporalGateway(client, timeouts);
  const thrown = () => 'thrown';
  const answers = await Promise.all([
    lost.checkCredentials(newSet()),
    lost.confirmRemovals('none', { confirm: true, by: 'Ada Admin' }),
    lost.wakeKeeper('o-none', request('a')).catch(thrown),
    lost.cancelSync('o-none', { syncId: 'a', by: 'Ada Admin' }).catch(thrown),
    lost.organizationRemoved('o-none', 'ours').catch(thrown),
    lost.supersedeHold('none').catch(thrown),
  ]);
  expect(answers).toEqual([{ kind: 'unanswered' }, { kind: 'unanswered' }, 'thrown', 'thrown', 'thrown', 'thrown']);
  await client.connection.close();
});
