import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporalGateway } from '../../api/temporal/temporal-gateway.ts';
import { cloudOrganizations, clouds } from '../../db/schema/index.ts';
import { removeOrphanedSchedules } from '../../worker/reconciler/remove-orphaned-schedules.ts';
import { updateSchedules } from '../../worker/reconciler/update-schedules.ts';
import { scheduleDefinition, scheduledKinds, scheduleId, type ScheduledKind } from '../../workflows/contracts/schedule-tick.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestOrganization } from '../support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../support/registry.ts';
import { runReconcilerJob } from '../support/run-reconciler-job.ts';
import { waitFor } from '../support/wait-for.ts';

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

/** A round of the reconciler, one minute after the previous round. */
async function round(): Promise<void> {
  await registry.db.update(cloudOrganizations).set({ claimedUntil: null });
  for (const job of [updateSchedules, removeOrphanedSchedules]) expect(await runReconcilerJob(job, registry.db, env.client)).toEqual([]);
}

const schedule = (kind: ScheduledKind, { id }: TestOrganization) => env.client.schedule.getHandle(scheduleId(kind, id));
const row = async ({ id }: TestOrganization) =>
  (await registry.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, id)))[0]!;
const change = ({ id }: TestOrganization, to: Partial<typeof cloudOrganizations.$inferInsert>) =>
  registry.db.update(cloudOrganizations).set(to).where(eq(cloudOrganizations.id, id));

describe('B6, O19: the schedules of an organization', () => {
  it('are created once with its intervals, by any number of workers, and only wake the keeper', async () => {
    const mine = await registry.newOrganization({ syncEveryMinutes: 720, autoBadgingEveryMinutes: 60 });
    await Promise.all([round(), round(), round()]);
    const sync = await schedule('sync', mine).describe();
    expect(sync.spec.intervals).toMatchObject([{ every: 720 * 60_000 }]);
    expect(sync.action).toMatchObject({ workflowType: 'scheduleTick', args: [{ organizationId: mine.id, kind: 'sync' }] });
    const badging = await schedule('badging', mine).describe();
    expect(badging.spec.intervals).toMatchObject([{ every: 60 * 60_000 }]);
    // S5: an operator finds both by the organization.
    for (const { typedSearchAttributes } of [sync, badging]) {
      expect(typedSearchAttributes.get(searchAttributes.organizationId)).toBe(mine.awsOrganizationId);
    }
    await round();
    const seen = await row(mine);
    expect(seen).toMatchObject({ scheduledSyncMinutes: 720, scheduledAutoBadgingMinutes: 60, syncPaused: false });
    expect(seen.nextSyncAt!.getTime()).toBeGreaterThan(Date.now());
    expect(seen.nextAutoBadgingAt!.getTime()).toBeLessThan(Date.now() + 71 * 60_000);
  });

  it('follow a change of the interval, and are created again after an operator deleted them', async () => {
    const mine = await registry.newOrganization();
    await round();
    await change(mine, { syncEveryMinutes: 30 });
    await schedule('badging', mine).delete();
    await round();
    const edited = await schedule('sync', mine).describe();
    expect(edited.spec.intervals).toMatchObject([{ every: 30 * 60_000 }]);
    expect(edited.typedSearchAttributes.get(searchAttributes.organizationId)).toBe(mine.awsOrganizationId);
    expect((await schedule('badging', mine).describe()).spec.intervals).toHaveLength(1);
    expect(await row(mine)).toMatchObject({ scheduledSyncMinutes: 30 });
  });

  it('C5: are made and changed by the API at once, stay paused, and meet the reconciler', async () => {
    const mine = await registry.newOrganization({ syncEveryMinutes: 720, autoBadgingEveryMinutes: 60 });
    const gateway = createTemporalGateway(env.client);
    const made = await gateway.setSchedules(await row(mine));
    for (const { paused, nextRunAt } of [made.sync, made.badging]) {
      expect(paused).toBe(false);
      expect(nextRunAt!.getTime()).toBeGreaterThan(Date.now());
    }
    await schedule('badging', mine).pause('by an operator');
    await change(mine, { syncEveryMinutes: 30, autoBadgingEveryMinutes: 15 });
    expect((await gateway.setSchedules(await row(mine))).badging).toEqual({ paused: true, nextRunAt: null });
    expect((await schedule('sync', mine).describe()).spec.intervals).toMatchObject([{ every: 30 * 60_000 }]);
    await round();
    expect(await row(mine)).toMatchObject({ scheduledSyncMinutes: 30, scheduledAutoBadgingMinutes: 15, autoBadgingPaused: true });
  });

  it('S5: get the organization’s search attribute if an older release created them, and stay paused', async () => {
    const mine = await registry.newOrganization();
    const { typedSearchAttributes: _unknownThen, ...before } = scheduleDefinition(
      { ...mine, syncEveryMinutes: 720, autoBadgingEveryMinutes: 60 },
      'sync',
    );
    await env.client.schedule.create({ ...before, state: { paused: true, note: 'by an operator' } });
    await round();
    const { typedSearchAttributes, state } = await schedule('sync', mine).describe();
    expect(typedSearchAttributes.get(searchAttributes.organizationId)).toBe(mine.awsOrganizationId);
    expect(state).toMatchObject({ paused: true, note: 'by an operator' });
  });

  it('stay paused after changes of the row and of the interval', async () => {
    const mine = await registry.newOrganization();
    await round();
    await schedule('badging', mine).pause('by an operator');
    await round();
    expect(await row(mine)).toMatchObject({ autoBadgingPaused: true, nextAutoBadgingAt: null, syncPaused: false });
    await change(mine, { autoBadgingPaused: false, autoBadgingEveryMinutes: 15 });
    await round();
    const { state, spec } = await schedule('badging', mine).describe();
    expect(state).toMatchObject({ paused: true, note: 'by an operator' });
    expect(spec.intervals).toMatchObject([{ every: 15 * 60_000 }]);
    expect(await row(mine)).toMatchObject({ autoBadgingPaused: true });
  });

  it('are deleted with the organization; schedules of others stay', async () => {
    const mine = await registry.newOrganization();
    const other = await env.client.schedule.create({
      scheduleId: 'somebody-else/1',
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'x' },
    });
    await round();
    await registry.db.delete(clouds).where(eq(clouds.organizationId, mine.id));
    await registry.db.delete(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id));
    await waitFor('both to be gone', async () => {
      await round();
      const found = await Promise.all(
        scheduledKinds.map((kind) =>
          schedule(kind, mine)
            .describe()
            .then(
              () => true,
              () => false,
            ),
        ),
      );
      return found.every((isThere) => !isThere);
    });
    expect((await other.describe()).scheduleId).toBe('somebody-else/1');
    await other.delete();
  });
});
