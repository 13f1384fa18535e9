import { CancelledFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { FakeOrganization } from '../support/fake-organization.ts';
import { gate } from '../support/gate.ts';
import { startLocalServer } from '../support/local-server.ts';
import { OrganizationRun } from '../support/organization-run.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { waitFor } from '../support/wait-for.ts';

let env: TestWorkflowEnvironment;
/** For runs that end while activities run: the time-skipping server does not handle an activity that ends during its cancellation. */
let real: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startTimeSkipping();
  real = await startLocalServer();
});
afterAll(() => Promise.all([env?.teardown(), real?.teardown()]));

describe('O9: a sync', () => {
  it('checks each account once during the listing, applies early, plans from the complete listing, and ends', async () => {
    const fake = new FakeOrganization();
    fake.accounts = 127;
    const row = fake.ask('sync', 'listing');
    const result = await new OrganizationRun(env, fake).play(row);
    expect(result).toMatchObject({ phase: 'completed', failure: null, heldRemovals: 0 });
    expect(result.counts).toMatchObject({ listed: 127, checked: 127, ok: 127, inScope: 127, deferred: 0, removed: 0 });
    expect(row).toMatchObject({ phase: 'completed', failure: null });
    const checked = fake.ranges
      .filter(({ name }) => name === 'checkAccounts')
      .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
    expect(checked.sort((a, b) => a - b)).toEqual(Array.from({ length: 127 }, (_, at) => at + 1));
    expect(fake.count('giveUpChecks')).toBe(0);
    expect(fake.count('removeClouds')).toBe(0);
    const last = fake.calls.filter((name) => name !== 'enterSyncPhase').slice(-6);
    expect(last).toEqual(['beginPlanning', 'publishTree', 'planSlice', 'findHeldRemovals', 'badgeSlice', 'finishSync']);
  });

  it('adds the first clouds before the listing ends', async () => {
    const listing = gate();
    const fake = new FakeOrganization((self) => ({
      takeInventory: async () => {
        await self.list(20);
        await listing.opened;
        await self.list(40);
        return { lastNumber: 40, organizationalUnits: 1, policies: 1, tagSource: 'tagging' };
      },
    }));
    const run = new OrganizationRun(env, fake);
    const row = fake.ask('sync', 'listing');
    const result = await run.play(row, {}, async () => {
      await waitFor('an early slice', async () => (await run.progress(row)).counts.added > 0);
      expect(await run.progress(row)).toMatchObject({ phase: 'listing', listed: false, counts: { listed: 20, checked: 20, added: 20 } });
      listing.open();
    });
    expect(result.phase).toBe('completed');
    expect(fake.ranges.filter(({ mode }) => mode === 'early')).toHaveLength(1);
  });

  it('early slices have no gap or overlap and do not exceed the slice size', async () => {
    const earlyOf = ({ ranges }: FakeOrganization) => ranges.filter(({ mode }) => mode === 'early');
    const fake = new FakeOrganization((self, ordinary) => ({
      takeInventory: async (input) => {
        // Lists enough for two slices, and ends only after both are applied.
        await self.list(100);
        await waitFor('two early slices', async () => earlyOf(self).length > 1);
        return await ordinary.takeInventory(input);
      },
    }));
    fake.accounts = 300;
    await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'), { timings: { earlySlice: 30, sliceSize: 50 } });
    const early = earlyOf(fake);
    early.forEach(({ from, to }, index) => {
      expect(from).toBe(index === 0 ? 1 : early[index - 1]!.to + 1);
      expect(to - from + 1).toBeLessThanOrEqual(50);
    });
    const applied = fake.ranges.filter(({ mode }) => mode === 'apply').map(({ from, to }) => [from, to]);
    // Slices run side by side, so they may begin in any order.
    expect(applied.sort(([one], [other]) => one! - other!)).toEqual([
      [1, 50],
      [51, 100],
      [101, 150],
      [151, 200],
      [201, 250],
      [251, 300],
    ]);
  });

  it.each(['planSlice', 'badgeSlice'] as const)(
    'E3: runs %s for several slices at the same time, and never more than allowed',
    async (name) => {
      let running = 0;
      let most = 0;
      const together = gate();
      const fake = new FakeOrganization((_self, ordinary) => ({
        [name]: async (range: Parameters<typeof ordinary.planSlice>[0]) => {
          if (name === 'planSlice' && range.mode === 'early') return await ordinary.planSlice(range);
          running += 1;
          most = Math.max(most, running);
          if (running === 3) together.open();
          await together.opened;
          const made = await ordinary[name](range);
          running -= 1;
          return made;
        },
      }));
      fake.accounts = 100;
      const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'), {
        timings: { sliceSize: 10, slicesAtOnce: 3 },
      });
      expect(result).toMatchObject({ phase: 'completed', counts: { inScope: 100 } });
      expect(most).toBe(3);
      const done = fake.ranges.filter((range) => range.name === name && range.mode !== 'early').map(({ from }) => from);
      expect(done.sort((a, b) => a - b)).toEqual([1, 11, 21, 31, 41, 51, 61, 71, 81, 91]);
    },
  );

  it('never has more batches in flight than the window', async () => {
    const fake = new FakeOrganization((self) => ({
      checkAccounts: async (range) => {
        await self.together(3);
        return await self.check(range);
      },
    }));
    fake.accounts = 90;
    fake.page = 90;
    await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'), { timings: { batchSize: 10, window: 3 } });
    expect(fake.maxInFlight).toBe(3);
    expect(fake.count('checkAccounts')).toBe(9);
  });

  it('an inventory that restarts and repeats its signals causes no second check', async () => {
    let attempts = 0;
    const fake = new FakeOrganization((self, ordinary) => ({
      takeInventory: async (input) => {
        await self.list(60);
        await self.list(20);
        attempts += 1;
        if (attempts === 1) throw failure(failureTypes.transient, 'the worker lost its connection', { code: 'aws_unavailable' });
        return await ordinary.takeInventory(input);
      },
    }));
    fake.accounts = 60;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(attempts).toBe(2);
    expect(result.counts).toMatchObject({ listed: 60, checked: 60 });
    expect(fake.ranges.filter(({ name }) => name === 'checkAccounts').reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBe(60);
  });

  it('a batch whose worker dies or never answers is retried, and the other batches do not wait for it', async () => {
    let died = 0;
    const fake = new FakeOrganization((self) => ({
      checkAccounts: async (range) => {
        // No heartbeat and no answer: the server sees the same from a killed worker.
        if (range.from === 1 && died++ === 0) await Context.current().cancelled;
        return await self.check(range);
      },
    }));
    fake.accounts = 100;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(died).toBe(2);
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 100, deferred: 0 } });
  });

  it('a batch that fails for good affects neither the sync nor other batches', async () => {
    const fake = new FakeOrganization((self) => ({
      checkAccounts: async (range) => {
        if (range.from <= 25) throw failure(failureTypes.defect, 'a bug', { code: 'internal_error' });
        return await self.check(range);
      },
    }));
    fake.accounts = 100;
    fake.page = 100;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 75, deferred: 25 } });
    expect(fake.count('giveUpChecks')).toBe(1);
  });
});

describe('O9: checks that AWS throttles', () => {
  it('are retried in rounds, each after a longer pause, until they have an answer', async () => {
    const pauses: number[] = [];
    let asked = 0;
    const fake = new FakeOrganization((self) => ({
      checkAccounts: async (range) => {
        if (range.from === 3) {
          pauses.push(await env.currentTimeMs());
          asked += 1;
        }
        return await self.check(range, (number) => (number === 3 && asked < 4 ? 'deferred' : 'done'));
      },
    }));
    fake.accounts = 50;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 50, ok: 50, deferred: 0 } });
    // Rounds start after 2, 4, 8 and 16 seconds. From the second round on, account 3 is in a batch of its own.
    expect(asked).toBe(4);
    expect(pauses.slice(1).map((at, index) => at - pauses[index]! >= 2_000 * 2 ** (index + 1))).toEqual([true, true, true]);
    expect(fake.count('giveUpChecks')).toBe(0);
  });

  it('wait as long as AWS requires', async () => {
    const at: number[] = [];
    const fake = new FakeOrganization((self) => ({
      checkAccounts: async (range) => {
        at.push(await env.currentTimeMs());
        const counts = await self.check(range, () => (at.length === 1 ? 'deferred' : 'done'));
        return { ...counts, retryAfterMs: at.length === 1 ? 600_000 : 0 };
      },
    }));
    fake.accounts = 10;
    await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(at).toHaveLength(2);
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(600_000);
  });

  it('are given up after five rounds, with their last reason, and the sync goes on', async () => {
    const fake = new FakeOrganization((self) => ({
      checkAccounts: (range) => self.check(range, (number) => (number <= 2 ? 'deferred' : 'done')),
    }));
    fake.accounts = 50;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 48, deferred: 2 } });
    expect(fake.count('divideUnchecked')).toBe(5);
    expect(fake.calls.indexOf('giveUpChecks')).toBeLessThan(fake.calls.lastIndexOf('planSlice'));
  });

  it('S7: are divided page by page if they are very many', async () => {
    const fake = new FakeOrganization((self) => ({
      checkAccounts: (range) => self.check(range, () => (fake.count('beginPlanning') === 0 ? 'deferred' : 'done')),
    }));
    fake.accounts = 450;
    fake.page = 450;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'), { timings: { batchSize: 1 } });
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 450 } });
    expect(fake.count('divideUnchecked')).toBe(3);
  });

  it('S7: a run with a long history continues as new between two rounds, and nothing is lost or counted twice', async () => {
    const fake = new FakeOrganization((self) => ({
      checkAccounts: (range) => self.check(range, (number) => (number === 7 ? 'deferred' : 'done')),
    }));
    fake.accounts = 100;
    fake.departed = 2;
    const run = new OrganizationRun(env, fake);
    const row = fake.ask('sync', 'listing');
    const result = await run.play(row, { timings: { historyLength: 20 } });
    expect(result).toMatchObject({ phase: 'completed', counts: { listed: 100, checked: 99, deferred: 1, removed: 2 } });
    expect(fake.count('takeInventory')).toBe(1);
    expect(fake.count('beginPlanning')).toBe(1);
    expect(fake.count('divideUnchecked')).toBe(5);
    expect((await run.sync(row).describe()).runId).not.toBe(run.firstRunId);
  });
});

describe('O17: a listing', () => {
  it('that AWS denies fails the sync with AWS’s message, and nothing is planned or removed', async () => {
    const fake = new FakeOrganization((self) => ({
      takeInventory: async () => {
        await self.list(40);
        throw failure(failureTypes.accessDenied, 'AWS answered AccessDeniedException to ListAccounts', { code: 'listing_denied' });
      },
    }));
    fake.departed = 3;
    const row = fake.ask('sync', 'listing');
    const result = await new OrganizationRun(real, fake).play(row);
    expect(result).toMatchObject({ phase: 'failed', failure: { code: 'listing_denied' } });
    expect(result.failure?.message).toContain('AWS answered AccessDeniedException to ListAccounts');
    expect(row).toMatchObject({ phase: 'failed', failure: { code: 'listing_denied' } });
    for (const name of ['beginPlanning', 'removeClouds', 'badgeSlice', 'publishTree'] as const) expect(fake.count(name)).toBe(0);
    expect(fake.calls.at(-1)).toBe('finishSync');
  });

  it('with a gap: everything else is applied, and no cloud is removed', async () => {
    const fake = new FakeOrganization();
    Object.assign(fake, { accounts: 30, departed: 4, complete: false });
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { removed: 0 } });
    expect(fake.count('removeClouds')).toBe(0);
    expect(fake.count('badgeSlice')).toBe(1);
  });

  it('without a gap: departed accounts are removed after everything else is applied', async () => {
    const fake = new FakeOrganization();
    Object.assign(fake, { accounts: 30, departed: 4 });
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { removed: 4 } });
    expect(fake.calls.indexOf('removeClouds')).toBeGreaterThan(fake.calls.lastIndexOf('planSlice'));
  });
});

describe('O19', () => {
  it('the plan uses a scope that changed during the sync, and accounts that came into scope are checked at once', async () => {
    const fake = new FakeOrganization((self, ordinary) => ({
      checkAccounts: (range) => self.check(range, (number) => (number > 20 && fake.count('beginPlanning') === 0 ? 'skipped' : 'done')),
      beginPlanning: async (input) => {
        for (const [number, state] of self.checks) if (state === 'skipped') self.checks.set(number, 'waiting');
        return await ordinary.beginPlanning(input);
      },
    }));
    fake.accounts = 40;
    const result = await new OrganizationRun(env, fake).play(fake.ask('sync', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 40 } });
    expect(fake.inState('skipped')).toBe(0);
    expect(fake.calls.lastIndexOf('checkAccounts')).toBeLessThan(fake.calls.lastIndexOf('planSlice'));
    expect(fake.count('divideUnchecked')).toBe(1);
  });

  it('a recheck checks the clouds that are not ok, in rounds, without a listing', async () => {
    const fake = new FakeOrganization((self) => ({
      checkAccounts: (range) => self.check(range, (number) => (number === 1 && fake.count('divideUnchecked') < 3 ? 'deferred' : 'done')),
    }));
    fake.accounts = 60;
    const row = fake.ask('recheck', 'applying');
    const result = await new OrganizationRun(env, fake).play(row, { timings: { sliceSize: 40 } });
    expect(result).toMatchObject({ phase: 'completed', counts: { checked: 60, deferred: 0 } });
    for (const name of ['takeInventory', 'beginPlanning', 'planSlice', 'removeClouds'] as const) expect(fake.count(name)).toBe(0);
    const recorded = fake.ranges.filter(({ name }) => name === 'recordOutcomes').map(({ from, to }) => [from, to]);
    // Slices run side by side, so they may begin in any order.
    expect(recorded.sort(([one], [other]) => one! - other!)).toEqual([
      [1, 40],
      [41, 60],
    ]);
    expect(row.phase).toBe('completed');
  });

  it.each(['listing', 'checking'] as const)(
    'a sync that is cancelled while %s stops, gets its end, and leaves no running activity',
    async (when) => {
      let stopped = 0;
      const untilCancelled = async () => {
        // An activity receives its cancellation with the answer to a heartbeat.
        const alive = setInterval(() => Context.current().heartbeat(), 50);
        try {
          await Context.current().cancelled;
        } catch (error) {
          stopped += 1;
          throw error instanceof CancelledFailure ? error : new CancelledFailure('stopped');
        } finally {
          clearInterval(alive);
        }
        throw new Error('unreachable');
      };
      const fake = new FakeOrganization((self) =>
        when === 'listing'
          ? {
              takeInventory: async () => {
                await self.list(20);
                return await untilCancelled();
              },
            }
          : { checkAccounts: untilCancelled },
      );
      fake.accounts = 40;
      fake.departed = 2;
      const row = fake.ask('sync', 'listing');
      const run = new OrganizationRun(real, fake);
      const result = await run.play(row, {}, async () => {
        await waitFor('the work to begin', async () => (await run.progress(row)).counts.listed >= 20 && fake.count('checkAccounts') > 0);
        await run.sync(row).cancel();
      });
      expect(result).toMatchObject({ phase: 'cancelled', failure: { code: 'cancelled' } });
      expect(row.phase).toBe('cancelled');
      expect(stopped).toBeGreaterThan(0);
      for (const name of ['beginPlanning', 'removeClouds', 'badgeSlice'] as const) expect(fake.count(name)).toBe(0);
      expect(fake.calls.at(-1)).toBe('finishSync');
    },
  );

  it('if the organization is removed during a sync, the sync ends and checks no more accounts', async () => {
    const fake = new FakeOrganization(() => ({
      checkAccounts: async () => {
        throw failure(failureTypes.precondition, 'The organization is not registered any more', { code: 'organization_removed' });
      },
    }));
    fake.accounts = 500;
    const result = await new OrganizationRun(real, fake).play(fake.ask('sync', 'listing'), { timings: { window: 2 } });
    expect(result).toMatchObject({ phase: 'failed', failure: { code: 'organization_removed' } });
    expect(fake.count('checkAccounts')).toBeLessThanOrEqual(4);
    expect(fake.count('beginPlanning')).toBe(0);
  });
});

describe('O16: a preview', () => {
  it('lists and plans, and changes nothing', async () => {
    const fake = new FakeOrganization();
    Object.assign(fake, { accounts: 30, departed: 4 });
    const result = await new OrganizationRun(env, fake).play(fake.ask('preview', 'listing'));
    expect(result).toMatchObject({ phase: 'completed', counts: { listed: 30, inScope: 34 } });
    expect(fake.ranges.map(({ mode }) => mode)).toEqual(['plan']);
    for (const name of ['checkAccounts', 'publishTree', 'removeClouds', 'badgeSlice'] as const) expect(fake.count(name)).toBe(0);
    expect(fake.calls.filter((name) => name.startsWith('finish'))).toEqual(['finishPreview', 'finishSync']);
  });

  it('with an older snapshot never calls AWS, and fails if there is no snapshot', async () => {
    const fake = new FakeOrganization();
    fake.accounts = 30;
    const result = await new OrganizationRun(env, fake).play(fake.ask('preview', 'applying'), { fromSnapshot: true });
    expect(result.phase).toBe('completed');
    expect(fake.count('takeInventory')).toBe(0);

    const none = new FakeOrganization(() => ({ reuseSnapshot: async () => null }));
    const row = none.ask('preview', 'applying');
    expect(await new OrganizationRun(env, none).play(row, { fromSnapshot: true })).toMatchObject({ failure: { code: 'no_snapshot' } });
    expect(none.calls).toContain('finishPreview');
  });
});
