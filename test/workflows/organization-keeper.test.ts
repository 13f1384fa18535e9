import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { autoBadgingWorkflowId } from '../../workflows/contracts/auto-badging.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { cancelSync, organizationRemovedSignal } from '../../workflows/contracts/organization-keeper.ts';
import { scheduleTickAction } from '../../workflows/contracts/schedule-tick.ts';
import { FakeOrganization } from '../support/fake-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import { OrganizationRun } from '../support/organization-run.ts';
import { waitFor } from '../support/wait-for.ts';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startLocalServer();
});
afterAll(() => env?.teardown());

/** An organization whose inventories run until the test releases or cancels them. Counts how many run at a time. */
function slow() {
  const state = { running: 0, most: 0, begun: 0, open: false };
  const fake = new FakeOrganization((_self, ordinary) => ({
    takeInventory: async (input) => {
      state.running += 1;
      state.begun += 1;
      state.most = Math.max(state.most, state.running);
      try {
        while (!state.open) {
          Context.current().heartbeat();
          await Context.current().sleep(20);
        }
        return await ordinary.takeInventory(input);
      } finally {
        state.running -= 1;
      }
    },
  }));
  fake.accounts = 5;
  return { fake, state, run: new OrganizationRun(env, fake) };
}

const ended = (fake: FakeOrganization) =>
  waitFor('every row to end', async () => fake.rows.every(({ phase }) => !['queued', 'listing', 'applying', 'badging'].includes(phase)));
const phases = (fake: FakeOrganization) => fake.rows.map(({ phase }) => phase);

describe('O19: one piece of work at a time', () => {
  it('with many requests of all kinds at once', async () => {
    const { fake, state, run } = slow();
    const rows = [fake.ask('sync'), fake.ask('preview'), fake.ask('badging'), fake.ask('recheck'), fake.ask('preview')];
    await run.serve(async () => {
      await Promise.all(rows.map((row) => run.wake(row)));
      await waitFor('the first to begin', async () => state.running === 1);
      expect(await run.state()).toMatchObject({ running: { syncId: rows[0]!.syncId, kind: 'sync' }, done: 0 });
      expect(phases(fake)).toEqual(['listing', 'queued', 'queued', 'queued', 'queued']);
      state.open = true;
      await ended(fake);
      await waitFor('the keeper to rest', async () => (await run.state()).waitingFor.startsWith('Nothing'));
      expect(await run.state()).toMatchObject({ running: null, done: 5 });
      await run.keeper.terminate();
    });
    expect(phases(fake)).toEqual(['completed', 'completed', 'completed', 'completed', 'completed']);
    expect(state).toMatchObject({ most: 1, begun: 3 });
    expect(fake.count('readTags')).toBe(1);
  });

  it('a request that joined a queued row, or a duplicate signal, starts no second run', async () => {
    const { fake, state, run } = slow();
    state.open = true;
    const row = fake.ask('sync');
    await run.serve(async () => {
      await Promise.all([run.wake(row), run.wake(row), run.wake(row)]);
      await ended(fake);
      await run.wake(row);
      await waitFor('the keeper to rest', async () => (await run.state()).waitingFor.startsWith('Nothing'));
      await run.keeper.terminate();
    });
    expect(state.begun).toBe(1);
  });

  it('a row that is queued during a run is next, although its signal arrived during that run', async () => {
    const { fake, state, run } = slow();
    const first = fake.ask('sync');
    await run.serve(async () => {
      await run.wake(first);
      await waitFor('the first to begin', async () => state.running === 1);
      await run.wake(fake.ask('sync'));
      state.open = true;
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(state).toMatchObject({ most: 1, begun: 2 });
  });

  it('continues as new after some pieces of work, and loses no queued work', async () => {
    const { fake, state, run } = slow();
    state.open = true;
    const rows = Array.from({ length: 5 }, () => fake.ask('sync'));
    await run.serve(async () => {
      await run.wake(rows[0]!, 2);
      const first = (await run.keeper.describe()).runId;
      for (const row of rows.slice(1)) await run.wake(row, 2);
      await ended(fake);
      await waitFor('all five to be counted', async () => (await run.state()).done === 5);
      expect((await run.keeper.describe()).runId).not.toBe(first);
      await run.wake(fake.ask('sync'), 2);
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(state).toMatchObject({ most: 1, begun: 6 });
  });

  it('a piece of work that fails unexpectedly gets a reason, and the next one starts', async () => {
    const { fake, state, run } = slow();
    const [first, second] = [fake.ask('sync'), fake.ask('sync')];
    await run.serve(async () => {
      await run.wake(first);
      await waitFor('the first to begin', async () => state.running === 1);
      await run.sync(first).terminate('by hand');
      state.open = true;
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(first).toMatchObject({ phase: 'failed', failure: { code: 'internal_error' } });
    expect(second.phase).toBe('completed');
  });

  it('after a keeper was terminated, the next keeper stops its run before it starts other work', async () => {
    const { fake, state, run } = slow();
    const [first, second] = [fake.ask('sync'), fake.ask('sync')];
    await run.serve(async () => {
      await run.wake(first);
      await waitFor('the first to begin', async () => state.running === 1);
      await run.keeper.terminate();
      await run.wake(second);
      await waitFor('the second to begin', async () => state.begun === 2 && state.running === 1);
      expect(first).toMatchObject({ phase: 'cancelled' });
      state.open = true;
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(state.most).toBe(1);
    expect(second.phase).toBe('completed');
  });

  it('a row whose run is gone gets an end, so that the next row can run', async () => {
    const { fake, state, run } = slow();
    const [first, second] = [fake.ask('sync'), fake.ask('sync')];
    await run.serve(async () => {
      await run.wake(first);
      await waitFor('the first to begin', async () => state.running === 1);
      await run.keeper.terminate();
      await run.sync(first).terminate();
      state.open = true;
      await run.wake(second);
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(first).toMatchObject({ phase: 'failed', failure: { code: 'interrupted' } });
    expect(second.phase).toBe('completed');
  });
});

describe('cancelling', () => {
  it('a running piece of work stops and names the person, and the next one starts', async () => {
    const { fake, state, run } = slow();
    const [first, second] = [fake.ask('sync'), fake.ask('sync')];
    await run.serve(async () => {
      await run.wake(first);
      await waitFor('the first to begin', async () => state.running === 1);
      await run.keeper.signal(cancelSync, { syncId: first.syncId, by: 'Ada' });
      await waitFor('the second to begin', async () => state.begun === 2);
      state.open = true;
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(first).toMatchObject({ phase: 'cancelled', failure: { code: 'cancelled' } });
    expect(first.failure?.message).toContain('Cancelled by Ada');
    expect(second.phase).toBe('completed');
    expect(state.most).toBe(1);
  });

  it('queued work never starts, and finished work keeps its end', async () => {
    const { fake, state, run } = slow();
    const [first, second] = [fake.ask('sync'), fake.ask('sync')];
    await run.serve(async () => {
      await run.wake(first);
      await waitFor('the first to begin', async () => state.running === 1);
      await run.keeper.signal(cancelSync, { syncId: second.syncId, by: 'Ada' });
      state.open = true;
      await ended(fake);
      await run.keeper.signal(cancelSync, { syncId: first.syncId, by: 'Ada' });
      await waitFor('the keeper to have asked', async () => fake.calls.filter((name) => name === 'finishSync').length >= 3);
      await run.keeper.terminate();
    });
    expect(phases(fake)).toEqual(['completed', 'cancelled']);
    expect(state.begun).toBe(1);
  });
});

describe('an organization that is removed', () => {
  it('its running work is cancelled, and its keeper ends', async () => {
    const { fake, state, run } = slow();
    const row = fake.ask('sync');
    await run.serve(async () => {
      await run.wake(row);
      await waitFor('it to begin', async () => state.running === 1);
      fake.kept = false;
      await run.keeper.signal(organizationRemovedSignal, { organizationId: fake.organizationId });
      await run.keeper.result();
    });
    expect(row.phase).toBe('cancelled');
    expect((await run.keeper.describe()).status.name).toBe('COMPLETED');
  });

  it('O19: an idle keeper that missed the removal ends when the reconciler finds its organization gone', async () => {
    const { fake, state, run } = slow();
    state.open = true;
    await run.serve(async () => {
      await run.wake(fake.ask('sync'));
      await waitFor('the keeper to rest', async () => (await run.state()).waitingFor.startsWith('Nothing'));
      const unknown = () => run.keeper.signal(organizationRemovedSignal, { organizationId: null });
      await unknown();
      await waitFor('the keeper to have looked', async () => fake.count('isOrganizationKept') >= 2);
      fake.kept = false;
      await unknown();
      await run.keeper.result();
    });
    expect(phases(fake)).toEqual(['completed']);
  });

  it('and added again: the work of the new one continues', async () => {
    const { fake, state, run } = slow();
    const row = fake.ask('sync');
    await run.serve(async () => {
      await run.wake(row);
      await waitFor('it to begin', async () => state.running === 1);
      await run.keeper.signal(organizationRemovedSignal, { organizationId: 'the one before' });
      state.open = true;
      await ended(fake);
      await run.keeper.terminate();
    });
    expect(row.phase).toBe('completed');
  });

  it('a keeper of an organization that is only previewed ends after its last preview', async () => {
    const { fake, state, run } = slow();
    state.open = true;
    fake.kept = false;
    await run.serve(async () => {
      await run.wake(fake.ask('preview'));
      await run.keeper.result();
    });
    expect(phases(fake)).toEqual(['completed']);
  });
});

describe('B6', () => {
  it('auto-badging reads tags and makes badges slice by slice, and reports the reason of a failure', async () => {
    const { fake, run } = slow();
    Object.assign(fake, { accounts: 2_500 });
    const failing = new FakeOrganization(() => ({
      readTags: async () => {
        throw failure(failureTypes.accessDenied, 'AWS answered AccessDenied', { code: 'tags_denied' });
      },
    }));
    await run.serve(async () => {
      const row = fake.ask('badging');
      await run.wake(row);
      await ended(fake);
      expect(await env.client.workflow.getHandle(autoBadgingWorkflowId(row.syncId)).result()).toMatchObject({ counts: { clouds: 2_500 } });
      await run.keeper.terminate();
    });
    expect(fake.calls.filter((name) => name === 'badgeSlice')).toHaveLength(3);
    const other = new OrganizationRun(env, failing);
    const row = failing.ask('badging');
    await other.serve(async () => {
      await other.wake(row);
      await ended(failing);
      await other.keeper.terminate();
    });
    expect(row).toMatchObject({ phase: 'failed', failure: { code: 'tags_denied' } });
  });

  it('O19: a tick of the schedule queues the work and ends', async () => {
    const { fake, run } = slow();
    const {
      workflowType,
      type: _type,
      ...action
    } = scheduleTickAction({ organizationId: fake.organizationId, kind: 'sync' }, fake.awsOrganizationId);
    const result = await run.serve(() => env.client.workflow.execute(workflowType, { ...action, taskQueue: run.taskQueue }));
    expect(result).toEqual({ syncId: fake.rows[0]!.syncId });
  });
});
