import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { endOrphanedHolds } from '../../worker/reconciler/end-orphaned-holds.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import {
  confirmRemovals,
  removalHoldQuery,
  removalHoldTimeoutMs,
  removalsSuperseded,
  type RemovalHoldResult,
  type RemovalHoldState,
} from '../../workflows/contracts/removal-hold.ts';
import { FakeOrganization } from '../support/fake-organization.ts';
import { gate } from '../support/gate.ts';
import { startLocalServer } from '../support/local-server.ts';
import { OrganizationRun } from '../support/organization-run.ts';
import { insertSync } from '../support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../support/registry.ts';
import { runReconcilerJob } from '../support/run-reconciler-job.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { waitFor } from '../support/wait-for.ts';

/** A server with real time: on a time-skipping one, a hold would expire before an answer. */
let env: TestWorkflowEnvironment;
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
  env = await startLocalServer();
});
afterAll(async () => {
  await env?.teardown();
  await registry?.close();
});

const yes = { confirm: true, by: 'Olive Operator' };
const no = { confirm: false, by: 'Olive Operator' };
const answer = (hold: WorkflowHandle, args: { confirm: boolean; by: string }) => hold.executeUpdate(confirmRemovals, { args: [args] });
const resultOf = async (hold: WorkflowHandle) => (await hold.result()) as RemovalHoldResult;
const stateOf = async (hold: WorkflowHandle): Promise<RemovalHoldState> => await hold.query(removalHoldQuery);

/** An organization of 30 accounts, with more clouds by the number of departed accounts. */
function shrunk(departed: number, overrides?: ConstructorParameters<typeof FakeOrganization>[0]): FakeOrganization {
  return Object.assign(new FakeOrganization(overrides), { accounts: 30, departed });
}

describe('O17: a sync with too many removals', () => {
  it('holds them, does everything else, and ends; a later confirmation removes the clouds', async () => {
    const fake = shrunk(6);
    const run = new OrganizationRun(env, fake);
    const row = fake.ask('sync', 'listing');
    const result = await run.play(row);
    expect(result).toMatchObject({ phase: 'completed', heldRemovals: 6, counts: { removed: 0, checked: 30, inScope: 36 } });
    expect(fake.count('removeClouds')).toBe(0);
    expect(fake.count('badgeSlice')).toBe(1);
    expect(fake.calls.indexOf('recordHeldRemovals')).toBeLessThan(fake.calls.indexOf('finishSync'));

    const hold = run.hold(row);
    await run.serve(async () => {
      expect(await stateOf(hold)).toMatchObject({ state: 'waiting', count: 6, waitingFor: expect.stringContaining('6 removals wait') });
      expect(await answer(hold, yes)).toEqual({ state: 'confirmed' });
      expect(await resultOf(hold)).toEqual({ state: 'confirmed', removed: 6 });
    });
    expect([fake.holds.get(row.syncId), fake.answeredBy]).toEqual(['confirmed', ['Olive Operator']]);
    expect(fake.ranges.filter(({ name }) => name === 'removeClouds')).toEqual([expect.objectContaining({ from: 1, to: 36 })]);
  });

  it.each([
    ['not more than five', 5, 30],
    ['not more than a tenth', 7, 93],
  ])('removes %s at once', async (_case, departed, accounts) => {
    const fake = Object.assign(new FakeOrganization(), { accounts, departed });
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ heldRemovals: 0, counts: { removed: departed } });
    expect(fake.count('recordHeldRemovals')).toBe(0);
  });

  it.each([1, 3, 5])('A12: holds the removal of all %i clouds of an organization, and says which unit is gone', async (clouds) => {
    const fake = shrunk(clouds, (_, ordinary) => ({
      beginPlanning: async (input) => ({ ...(await ordinary.beginPlanning(input)), clouds }),
    }));
    fake.missingUnits = 'ou-ab12-00000001';
    const run = new OrganizationRun(env, fake);
    const row = fake.ask('sync', 'listing');
    expect(await run.play(row)).toMatchObject({ phase: 'completed', heldRemovals: clouds, counts: { removed: 0 } });
    expect(fake.count('removeClouds')).toBe(0);
    const hold = run.hold(row);
    await run.serve(async () => {
      expect((await stateOf(hold)).waitingFor).toContain('The scope names ou-ab12-00000001, which the organization no longer has');
      await answer(hold, no);
      await resultOf(hold);
    });
  });

  it.each([
    [
      'removes confirmed suspensions at once, and the others within the limit with them',
      { departed: 9, confirmed: 5 },
      { removed: 9, held: 0 },
    ],
    [
      'removes exactly the confirmed suspensions, and holds the others above the limit',
      { departed: 15, confirmed: 8 },
      { removed: 8, held: 7 },
    ],
    ['removes confirmed suspensions that are all clouds', { departed: 8, confirmed: 8, clouds: 8 }, { removed: 8, held: 0 }],
    ['holds removals that take the last clouds beside confirmed ones', { departed: 4, confirmed: 3, clouds: 4 }, { removed: 3, held: 1 }],
  ])(
    'A11: %s',
    async (_case, { departed, confirmed, clouds }: { departed: number; confirmed: number; clouds?: number }, { removed, held }) => {
      const modes: unknown[] = [];
      const fake = shrunk(departed, (_, ordinary) => ({
        beginPlanning: async (input) => ({ ...(await ordinary.beginPlanning(input)), ...(clouds === undefined ? {} : { clouds }) }),
        planSlice: async (input) => ({ ...(await ordinary.planSlice(input)), confirmedRemovals: input.mode === 'apply' ? confirmed : 0 }),
        removeClouds: async ({ onlyConfirmed }) => {
          modes.push(onlyConfirmed);
          return { removed: onlyConfirmed ? confirmed : departed, released: 0 };
        },
      }));
      const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
      expect(result).toMatchObject({ phase: 'completed', heldRemovals: held, counts: { removed } });
      expect(modes).toEqual([held > 0 ? true : undefined]);
    },
  );

  it('after an incomplete listing neither removes, nor holds, nor supersedes', async () => {
    const fake = Object.assign(shrunk(9), { complete: false });
    fake.holds.set('an earlier one', 'waiting');
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', heldRemovals: 0, counts: { removed: 0 } });
    expect([...fake.holds]).toEqual([['an earlier one', 'waiting']]);
  });

  it('after a complete listing without removals supersedes the holds of earlier syncs', async () => {
    const fake = shrunk(0);
    fake.holds.set('an earlier one', 'waiting');
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', heldRemovals: 0 });
    expect([...fake.holds]).toEqual([['an earlier one', 'superseded']]);
  });

  it('supersedes the holds of earlier syncs, even if one has no run any more', async () => {
    let isHeld = false;
    const fake = shrunk(6, (_, ordinary) => ({
      takeInventory: async (input) => {
        await waitFor('the earlier hold', async () => isHeld);
        return await ordinary.takeInventory(input);
      },
    }));
    fake.holds.set('terminated by hand', 'waiting');
    const run = new OrganizationRun(env, fake);
    const [first, second] = [fake.ask('sync', 'completed'), fake.ask('sync', 'listing')];
    await run.play(second, {}, async () => {
      const hold = await run.startHold(first, { count: 6, lastNumber: 36 });
      isHeld = true;
      expect(await resultOf(hold)).toEqual({ state: 'superseded', removed: 0 });
    });
    expect([...fake.holds.values()]).toEqual(['superseded', 'superseded', 'waiting']);
    expect(fake.count('removeClouds')).toBe(0);
  });
});

describe('O17: a hold', () => {
  const held = async (
    play: (hold: WorkflowHandle, fake: FakeOrganization) => Promise<void>,
    fake = shrunk(6),
    timing: { waits?: number } = {},
  ) => {
    const run = new OrganizationRun(env, fake);
    await run.serve(async () => play(await run.startHold(fake.ask('sync', 'completed'), { count: 6, lastNumber: 36, ...timing }), fake));
    return fake;
  };

  it('removes nothing after a refusal', async () => {
    const fake = await held(async (hold) => {
      expect(await answer(hold, no)).toEqual({ state: 'refused' });
      expect(await resultOf(hold)).toEqual({ state: 'refused', removed: 0 });
    });
    expect(fake.count('removeClouds')).toBe(0);
  });

  it('takes one of two simultaneous answers, and the other one fails', async () => {
    await held(async (hold) => {
      const answers = await Promise.allSettled([answer(hold, no), answer(hold, yes)]);
      const taken = answers.flatMap((settled) => (settled.status === 'fulfilled' ? [settled.value.state] : []));
      const { state, removed } = await resultOf(hold);
      expect(taken).toEqual([state]);
      expect(removed).toBe(state === 'confirmed' ? 6 : 0);
    });
  });

  it('refuses a confirmation after a simultaneous newer sync, and removes nothing', async () => {
    const fake = await held(async (hold, self) => {
      for (const syncId of self.holds.keys()) self.holds.set(syncId, 'superseded');
      await expect(answer(hold, yes)).rejects.toMatchObject({ cause: { type: 'HoldEnded', details: ['superseded'] } });
      expect(await resultOf(hold)).toEqual({ state: 'superseded', removed: 0 });
    });
    expect(fake.count('removeClouds')).toBe(0);
  });

  it('is superseded by a signal', async () => {
    await held(async (hold) => {
      await hold.signal(removalsSuperseded, { bySyncId: 'a newer one' });
      expect(await resultOf(hold)).toEqual({ state: 'superseded', removed: 0 });
    });
  });

  it('is ended by the reconciler if its sync is gone or decided; another one continues to wait', async () => {
    const fake = shrunk(6);
    const mine = await registry.newOrganization();
    const run = new OrganizationRun(env, fake);
    const held = async (heldRemovalsState: 'waiting' | 'superseded') => {
      const syncId = await insertSync(registry.db, mine, { phase: 'completed', heldRemovals: 6, heldRemovalsState });
      return await run.startHold({ ...fake.ask('sync', 'completed'), syncId }, { count: 6, lastNumber: 36 });
    };
    await run.serve(async () => {
      const holds = [await run.startHold(fake.ask('sync', 'completed'), { count: 6, lastNumber: 36 }), await held('superseded')];
      const waiting = await held('waiting');
      await waitFor('both to end', async () => {
        expect(await runReconcilerJob(endOrphanedHolds, registry.db, env.client)).toEqual([]);
        return (await Promise.all(holds.map((hold) => hold.describe()))).every(({ status }) => status.name === 'COMPLETED');
      });
      for (const hold of holds) expect(await resultOf(hold)).toEqual({ state: 'superseded', removed: 0 });
      expect((await stateOf(waiting)).state).toBe('waiting');
      await waiting.signal(removalsSuperseded, { bySyncId: null });
      expect(await resultOf(waiting)).toEqual({ state: 'superseded', removed: 0 });
    });
    expect(fake.count('removeClouds')).toBe(0);
  });

  it('ignores a newer sync while a confirmation is carried out', async () => {
    const told = gate();
    const slow = shrunk(6, (_, ordinary) => ({
      removeClouds: async (range) => {
        await told.opened;
        return await ordinary.removeClouds(range);
      },
    }));
    await held(async (hold) => {
      await answer(hold, yes);
      await hold.signal(removalsSuperseded, { bySyncId: null });
      told.open();
      expect(await resultOf(hold)).toEqual({ state: 'confirmed', removed: 6 });
    }, slow);
  });

  it('expires without an answer, and removes nothing', async () => {
    const fake = await held(async (hold) => expect(await resultOf(hold)).toEqual({ state: 'expired', removed: 0 }), shrunk(6), {
      waits: 100,
    });
    expect([fake.count('removeClouds'), [...fake.holds.values()]]).toEqual([0, ['expired']]);
  });

  it('S5: shows what it waits for, refuses an answer of another form, and takes a cancellation by an operator as a refusal', async () => {
    const fake = await held(async (hold) => {
      const { waitingFor } = await waitFor('the hold', async () => {
        const state = await stateOf(hold);
        return state.waitingFor.includes('confirmRemovals') && state;
      });
      const until = Date.parse(/until (\S+):/.exec(waitingFor)![1]!);
      expect(until - (await hold.describe()).startTime.getTime()).toBeGreaterThanOrEqual(removalHoldTimeoutMs);
      expect((await hold.describe()).typedSearchAttributes.getAll().map(({ value }) => value)).toContain('held');
      await expect(answer(hold, { confirm: 'yes' } as never)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('"confirm": true or false') },
      });
      expect((await stateOf(hold)).state).toBe('waiting');
      await hold.cancel();
      expect(await resultOf(hold)).toEqual({ state: 'refused', removed: 0 });
      expect((await hold.describe()).typedSearchAttributes.getAll().map(({ value }) => value)).toContain('refused');
    });
    expect(fake.count('removeClouds')).toBe(0);
  });

  it('ends without a failure if the organization is removed before', async () => {
    const gone = shrunk(6, () => ({
      removeClouds: async () => {
        throw failure(failureTypes.precondition, 'The organization was removed', { code: 'organization_removed' });
      },
    }));
    await held(async (hold) => {
      await answer(hold, yes);
      expect(await resultOf(hold)).toEqual({ state: 'confirmed', removed: 0 });
    }, gone);
  });
});

it('O17: a hold without an answer expires after thirty days and removes nothing', async () => {
  const skipping = await startTimeSkipping();
  try {
    const fake = shrunk(6);
    const run = new OrganizationRun(skipping, fake);
    const hold = await run.serve(async () => {
      const started = await run.startHold(fake.ask('sync', 'completed'), { count: 6, lastNumber: 36 });
      expect(await resultOf(started)).toEqual({ state: 'expired', removed: 0 });
      return await started.describe();
    });
    const days = (hold.closeTime!.getTime() - hold.startTime.getTime()) / (24 * 3_600_000);
    expect(Math.floor(days)).toBe(30);
    expect([fake.count('removeClouds'), [...fake.holds.values()]]).toEqual([0, ['expired']]);
  } finally {
    await skipping.teardown();
  }
});
