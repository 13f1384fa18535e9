import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const patience = { accept: 4_000, result: 10_000, ping: 2_000 };
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

const gateway = (waits = patience) => createTemporalGateway(env.client, waits);
const roleArn = 'arn:aws:iam::111122223333:role/MusterOrganization';
const newSet = (kind = 'set') => ({ id: `${kind}-${randomUUID()}`, roleArn });
const statusOf = async (workflowId: string) => (await env.client.workflow.getHandle(workflowId).describe()).status.name;
const newOrganizationId = () => `o-${randomUUID().replaceAll('-', '')}`;
const request = (syncId: string): KeeperRequest => ({ kind: 'sync', syncId, trigger: 'requested', settingsGeneration: 1 });

/** Serves Muster's own queue until the test ends, with the workflows of organization-workflows.ts. */
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
  it('O5: answers with the verdict, and asking again answers it again without another run', async () => {
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

  it('O5: two who ask at once get one verdict', async () => {
    await startWorker();
    const set = newSet();
    const [one, other] = await Promise.all([gateway().checkCredentials(set), gateway().checkCredentials(set)]);
    expect([one.kind, other]).toEqual(['checked', one]);
  });

  it('O5: a check that a worker has taken up is waited for longer than one that nobody has', async () => {
    await startWorker();
    expect((await gateway().checkCredentials(newSet('later'))).kind).toBe('checked');
  });

  it('without a worker the caller is told so, and nothing is left to run once one comes', async () => {
    const set = newSet();
    expect(await gateway().checkCredentials(set)).toEqual({ kind: 'unanswered' });
    expect(await statusOf(credentialCheckWorkflowId(set.id))).toBe('TERMINATED');
  });

  it('a check without an end is given up, and ended', async () => {
    await startWorker();
    const set = newSet('slow');
    expect(await gateway().checkCredentials(set)).toEqual({ kind: 'interrupted' });
    expect(await statusOf(credentialCheckWorkflowId(set.id))).toBe('TERMINATED');
    expect(await gateway().checkCredentials(set)).toEqual({ kind: 'interrupted' });
  });
});

describe('the keeper', () => {
  it('O19: is started by the first who wakes it, and hears all that follows', async () => {
    await startWorker();
    const id = newOrganizationId();
    await Promise.all([gateway().wakeKeeper(id, request('a')), gateway().wakeKeeper(id, request('b'))]);
    await gateway().cancelSync(id, { syncId: 'a', by: 'Ada Admin' });
    await gateway().organizationRemoved(id, 'ours');
    const told = (await env.client.workflow.getHandle(organizationWorkflowId(id)).result()) as unknown[];
    expect(told).toHaveLength(4);
    expect(told).toEqual(expect.arrayContaining([request('a'), request('b'), { syncId: 'a', by: 'Ada Admin' }]));
    expect(told.at(-1)).toEqual({ organizationId: 'ours' });
  });

  it('O9: a cancellation starts it where there is none, so that a row without a keeper ends too', async () => {
    await startWorker();
    const id = newOrganizationId();
    await gateway().cancelSync(id, { syncId: 'waiting', by: 'Ada Admin' });
    expect(await statusOf(organizationWorkflowId(id))).toBe('RUNNING');
    await gateway().organizationRemoved(id, 'ours');
  });

  it('a removal starts none', async () => {
    const id = newOrganizationId();
    await gateway().organizationRemoved(id, 'ours');
    await expect(statusOf(organizationWorkflowId(id))).rejects.toThrow();
  });
});

describe('O17: held removals', () => {
  /** Long enough for the first task of a worker that has just started, however busy the machine is. */
  const patient = { ...patience, accept: 10_000 };
  const yes = { confirm: true, by: 'Olive Operator' };

  /** Starts the hold that a sync has left behind. */
  async function hold(fake = new FakeOrganization()): Promise<{ syncId: string; fake: FakeOrganization; handle: WorkflowHandle }> {
    const { syncId } = fake.ask('sync', 'completed');
    fake.holds.set(syncId, 'waiting');
    const input = { syncId, awsOrganizationId: fake.awsOrganizationId, count: 6, lastNumber: 6 };
    const { workflowType, parentClosePolicy: _childrenOnly, ...options } = removalHoldChild(input);
    return { syncId, fake, handle: await env.client.workflow.start(workflowType, options) };
  }

  it.each([true, false])(
    'confirm: %s is answered, and the hold knows who said so; after its end there is nothing to answer',
    async (confirm) => {
      const { syncId, fake, handle } = await hold(Object.assign(new FakeOrganization(), { departed: 6 }));
      await startWorker(fake);
      expect(await gateway(patient).confirmRemovals(syncId, { ...yes, confirm })).toEqual({ kind: 'answered' });
      expect(await handle.result()).toEqual(confirm ? { state: 'confirmed', removed: 6 } : { state: 'refused', removed: 0 });
      expect(fake.answeredBy).toEqual(['Olive Operator']);
      expect(await gateway(patient).confirmRemovals(syncId, yes)).toEqual({ kind: 'ended', state: null });
    },
  );

  it('while a yes is carried out, and where a newer sync was faster, the answer says how it ended', async () => {
    const removal = gate();
    const slow = new FakeOrganization(() => ({
      removeClouds: async () => {
        await removal.opened;
        return { removed: 0, released: 0 };
      },
    }));
    const [first, second] = [await hold(slow), await hold(slow)];
    await startWorker(slow);
    await gateway(patient).confirmRemovals(first.syncId, yes);
    expect(await gateway(patient).confirmRemovals(first.syncId, { ...yes, confirm: false })).toEqual({ kind: 'ended', state: 'confirmed' });
    removal.open();
    slow.holds.set(second.syncId, 'superseded');
    expect(await gateway(patient).confirmRemovals(second.syncId, yes)).toEqual({ kind: 'ended', state: 'superseded' });
  });

  it('without a worker the caller is told so, and without a run that there is none', async () => {
    const { syncId } = await hold();
    expect(await gateway().confirmRemovals(syncId, yes)).toEqual({ kind: 'unanswered' });
    expect(await gateway().confirmRemovals(randomUUID(), yes)).toEqual({ kind: 'ended', state: null });
  });

  it('end with their organization; one that is not there needs not to be told', async () => {
    const { syncId, fake, handle } = await hold();
    await startWorker(fake);
    await gateway().supersedeHold(syncId);
    expect(await handle.result()).toEqual({ state: 'superseded', removed: 0 });
    await gateway().supersedeHold(syncId);
  });
});

it('S6: no question waits for a server that is not there', async () => {
  const nobody = connectTemporal(`127.0.0.1:${await findFreePort()}`, 'default');
  const lost = createTemporalGateway(nobody, patience);
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
  await nobody.connection.close();
});
