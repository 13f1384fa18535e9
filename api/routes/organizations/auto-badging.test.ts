import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEvents, cloudOrganizations, syncs } from '../../../db/schema/index.ts';
import { newId } from '../../../db/ids.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { insertOrganization, insertSync } from '../../../test/support/organizations.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const organization = () => insertOrganization(api.database.db, api.sealer);
const post = (id: string, verb: string, options = {}) =>
  api.call('POST', `/v1/organizations/${id}/auto-badging/${verb}`, undefined, options);
const trail = async (id: string) =>
  (await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id))).map(({ action }) => action);

describe('a requested run', () => {
  it('B6: queues a badging run for the keeper; a second request joins the queued run', async () => {
    const mine = await organization();
    const { status, body, headers } = await post(mine.id, 'run');
    expect([status, body.kind, body.phase, body.trigger, headers.get('location')]).toEqual([
      202,
      'badging',
      'queued',
      'requested',
      `/v1/syncs/${body.id}`,
    ]);
    expect((await post(mine.id, 'run')).body.id).toBe(body.id);
    expect(api.workflows.woken.at(-1)).toMatchObject({ awsOrganizationId: mine.awsOrganizationId, kind: 'badging', syncId: body.id });
    expect(await trail(mine.id)).toEqual(['organization.badging_requested', 'organization.badging_requested']);
  });

  it('O19: does not join a started run, which may have read the tags already', async () => {
    const mine = await organization();
    const begun = await insertSync(api.database.db, mine, { kind: 'badging', phase: 'badging' });
    expect((await post(mine.id, 'run')).body.id).not.toBe(begun);
  });

  it('B6: works while the schedule is paused', async () => {
    const mine = await organization();
    await post(mine.id, 'pause');
    expect((await post(mine.id, 'run')).status).toBe(202);
  });
});

describe('the pause', () => {
  it('B6: changes the schedule in Temporal and is in the answer; a resumed schedule has a next run', async () => {
    const mine = await organization();
    const paused = await post(mine.id, 'pause');
    expect([paused.status, paused.body.autoBadging]).toEqual([200, { everyMinutes: 60, paused: true, lastRunAt: null, nextRunAt: null }]);
    expect(api.workflows.pausedSchedules.at(-1)).toEqual({ organizationId: mine.id, kind: 'badging', paused: true, by: 'Ada Admin' });
    const resumed = await post(mine.id, 'resume');
    expect(resumed.body.autoBadging).toMatchObject({ paused: false, nextRunAt: '2030-01-01T00:00:00.000Z' });
    expect((await api.call('GET', `/v1/organizations/${mine.id}`)).body.autoBadging).toEqual(resumed.body.autoBadging);
    expect(await trail(mine.id)).toEqual(['organization.auto_badging_paused', 'organization.auto_badging_resumed']);
  });

  it('S2: without Temporal, answers 503 and writes nothing', async () => {
    const mine = await organization();
    api.workflows.isReachable = false;
    const answers = [await post(mine.id, 'pause'), await post(mine.id, 'resume'), await post(mine.id, 'run')];
    api.workflows.isReachable = true;
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [503, 'temporal_unavailable']));
    const [row] = await api.database.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, mine.id));
    expect([row!.autoBadgingPaused, await trail(mine.id)]).toEqual([false, []]);
    expect(await api.database.db.$count(syncs, eq(syncs.organizationId, mine.id))).toBe(0);
  });
});

it.each(['run', 'pause', 'resume'])('S3: %s needs an administrator and an existing organization', async (verb) => {
  const mine = await organization();
  expect((await post(mine.id, verb, { key: api.viewerKey })).status).toBe(403);
  expect((await post(newId(), verb)).status).toBe(404);
});
