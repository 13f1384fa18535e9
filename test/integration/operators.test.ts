import {
  CloseAccountCommand,
  ListOrganizationalUnitsForParentCommand,
  RemoveAccountFromOrganizationCommand,
  TagResourceCommand,
} from '@aws-sdk/client-organizations';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { autoBadgingName } from '../../workflows/contracts/auto-badging.ts';
import { keeperStateQuery, organizationKeeperName, organizationWorkflowId } from '../../workflows/contracts/organization-keeper.ts';
import { organizationSyncName, organizationSyncWorkflowId } from '../../workflows/contracts/organization-sync.ts';
import { removalHoldName, removalHoldWorkflowId, type RemovalHoldResult } from '../../workflows/contracts/removal-hold.ts';
import { scheduledKinds, scheduleId, scheduleTickName } from '../../workflows/contracts/schedule-tick.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import type { MadeOrganization } from '../support/sandbox-aws.ts';
import { TestStack } from '../support/stack.ts';
import { moveAccount, type StackOrganizations, type SyncResource } from '../support/stack-organizations.ts';
import { waitFor } from '../support/wait-for.ts';

interface Account {
  accountId: string;
  removal: object | null;
  appliedAt: string | null;
}

let stack: TestStack;
let organizations: StackOrganizations;
/** The organization of the first test, which operators look at in the end. */
let watched: { id: string; made: MadeOrganization };
beforeAll(async () => {
  stack = await TestStack.borrow();
  ({ organizations } = stack);
  await stack.control('PUT', '/limits', { mode: 'off', iamPropagationMs: 0 });
});
afterAll(() => stack?.stop());
afterEach(() => stack.control('DELETE', '/faults'));

const sync = (id: string) => stack.api.get<SyncResource>(`/v1/syncs/${id}`);
const answer = (id: string, confirm: boolean) => stack.api.post<SyncResource>(`/v1/syncs/${id}/confirm-removals`, { confirm });
const accountIds = async (id: string) => (await organizations.clouds(`organizationId=${id}`)).map(({ accountId }) => accountId);
const run = (workflowId: string) => stack.temporal.workflow.getHandle(workflowId);
const holdOf = (syncId: string) => run(removalHoldWorkflowId(syncId));
const resultOf = async (syncId: string) => (await holdOf(syncId).result()) as RemovalHoldResult;

/** Lets accounts leave the organization. */
const depart = (made: MadeOrganization, ids: readonly string[]) =>
  organizations.administrate(made, async (client) => {
    for (const AccountId of ids) await client.send(new RemoveAccountFromOrganizationCommand({ AccountId }));
  });

/** A sync that holds so many removals back. */
async function held(id: string, count: number): Promise<SyncResource> {
  const done = await organizations.resync(id);
  expect([done.heldRemovals, done.counts['removed']]).toEqual([{ count, state: 'waiting' }, 0]);
  return done;
}

/** The audit lines of a sync's removals, oldest first. */
async function trail(syncId: string): Promise<[string, string, unknown][]> {
  const { items } = await stack.api.get<{ items: { action: string; actor: { name: string }; detail: unknown }[] }>(
    `/v1/audit-events?targetId=${syncId}`,
  );
  return items
    .filter(({ action }) => action.startsWith('sync.removals'))
    .map(({ action, actor, detail }): [string, string, unknown] => [action, actor.name, detail])
    .toReversed();
}

/** The runs that a query finds in the Temporal UI, by their ids. */
async function found(query: string): Promise<Map<string, string>> {
  const runs = new Map<string, string>();
  for await (const { workflowId, type } of stack.temporal.workflow.list({ query })) runs.set(workflowId, type);
  return runs;
}

/** The parts of a run that the Temporal UI shows. */
async function shown(workflowId: string) {
  const described = await run(workflowId).describe();
  const { currentDetails } = await run(workflowId).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return {
    status: described.status.name,
    phase: described.typedSearchAttributes.get(searchAttributes.phase),
    summary: await described.staticSummary(),
    details: await described.staticDetails(),
    current: currentDetails ?? '',
  };
}

describe('O17: removals that are held', () => {
  it('everything else of the sync is done; the hold is seen by API and in Temporal; a yes removes what was shown', async () => {
    const made = await organizations.make({ accounts: 40, ous: 4 });
    const { id } = await organizations.import(made);
    watched = { id, made };
    const before = await accountIds(id);
    const [moved, closed, tagged, ...others] = (await organizations.members(made)).map(({ Id }) => Id!);
    const gone = others.slice(0, 6).toSorted();
    await depart(made, gone);
    await organizations.administrate(made, async (client) => {
      await moveAccount(client, moved!, made.rootId);
      await client.send(new CloseAccountCommand({ AccountId: closed! }));
      await client.send(new TagResourceCommand({ ResourceId: tagged!, Tags: [{ Key: 'team', Value: 'blue' }] }));
    });

    const { id: syncId, counts } = await held(id, 6);
    expect(counts).toMatchObject({ listed: 34, moved: 1, suspended: 1 });
    expect(await organizations.cloud(moved!)).toMatchObject({ organizationPath: '' });
    expect(await organizations.cloud(closed!)).toMatchObject({ status: 'suspended' });
    expect(await organizations.badges((await organizations.cloud(tagged!))!.id)).toMatchObject({ team: 'blue' });
    expect(await accountIds(id)).toEqual(before);
    const accounts = await stack.api.get<{ items: Account[] }>(`/v1/syncs/${syncId}/accounts?limit=100`);
    const due = accounts.items.filter(({ removal }) => removal !== null);
    expect(due.map(({ accountId, appliedAt }) => [accountId, appliedAt])).toEqual(gone.map((accountId) => [accountId, null]));

    const workflowId = removalHoldWorkflowId(syncId);
    const waiting = `MusterPhase = "held" AND MusterOrganizationId = "${made.organizationId}"`;
    await waitFor('the hold in visibility', async () => (await found(waiting)).has(workflowId));
    expect(await shown(workflowId)).toEqual({
      status: 'RUNNING',
      phase: 'held',
      summary: `Hold the removal of 6 clouds of ${made.organizationId} until a person answers`,
      details: expect.stringContaining('{"confirm": true or false, "by": "your name"}'),
      current: expect.stringMatching(
        /^\*\*waiting\*\*: 6 removals wait for a confirmation or a refusal until \d{4}-.*: send the update confirmRemovals/,
      ),
    });

    expect((await answer(syncId, true)).heldRemovals).toEqual({ count: 6, state: 'confirmed' });
    expect(await resultOf(syncId)).toEqual({ state: 'confirmed', removed: 6 });
    expect(await accountIds(id)).toEqual(before.filter((accountId) => !gone.includes(accountId)));
    expect((await sync(syncId)).counts).toMatchObject({ removed: 6 });
    expect(await shown(workflowId)).toMatchObject({ status: 'COMPLETED', phase: 'confirmed', current: expect.stringContaining('6 of 6') });
    const [asked, done] = await trail(syncId);
    expect([asked, done]).toEqual([
      ['sync.removals_answered', expect.any(String), { confirm: true }],
      ['sync.removals_confirmed', 'Removal hold', { count: 6, by: asked![1] }],
    ]);
  });

  it('a no removes nothing; the next complete sync holds them again; the one after it supersedes that hold', async () => {
    const made = await organizations.make({ accounts: 30 });
    const { id } = await organizations.import(made);
    const before = await accountIds(id);
    const gone = (await organizations.members(made)).slice(0, 6).map(({ Id }) => Id!);
    await depart(made, gone);

    const first = await held(id, 6);
    expect((await answer(first.id, false)).heldRemovals).toEqual({ count: 6, state: 'refused' });
    expect(await resultOf(first.id)).toEqual({ state: 'refused', removed: 0 });
    expect(await accountIds(id)).toEqual(before);
    await expect(answer(first.id, true)).rejects.toThrow(/409.*refused/);

    const second = await held(id, 6);
    const third = await held(id, 6);
    expect(await resultOf(second.id)).toEqual({ state: 'superseded', removed: 0 });
    expect((await sync(second.id)).heldRemovals).toEqual({ count: 6, state: 'superseded' });
    await expect(answer(second.id, true)).rejects.toThrow(/409.*superseded/);
    expect(await accountIds(id)).toEqual(before);
    expect(await trail(second.id)).toEqual([['sync.removals_superseded', 'Removal hold', { count: 6 }]]);

    // S5: the same answer, given in Temporal alone.
    await holdOf(third.id).executeUpdate('confirmRemovals', { args: [{ confirm: true, by: 'Olive Operator' }] });
    expect(await resultOf(third.id)).toEqual({ state: 'confirmed', removed: 6 });
    expect(await accountIds(id)).toEqual(before.filter((accountId) => !gone.includes(accountId)));
    expect(await trail(third.id)).toEqual([['sync.removals_confirmed', 'Removal hold', { count: 6, by: 'Olive Operator' }]]);
  });

  it('a yes keeps clouds whose accounts have returned; the hold ends when the organization is removed', async () => {
    const made = await organizations.make({ accounts: 30, ous: 1, depth: 1 });
    const { OrganizationalUnits } = await organizations.administrate(made, (client) =>
      client.send(new ListOrganizationalUnitsForParentCommand({ ParentId: made.rootId })),
    );
    const unit = OrganizationalUnits![0]!.Id!;
    const inUnit = (await organizations.members(made)).map(({ Id }) => Id!);
    const move = (ids: readonly string[], to: string) =>
      organizations.administrate(made, async (client) => {
        for (const accountId of ids) await moveAccount(client, accountId, to);
      });
    const { id } = await organizations.import(made, { scope: { includeOuIds: [unit] } });
    const before = await accountIds(id);
    const leaving = inUnit.slice(0, 6);
    await move(leaving, made.rootId);
    const { id: syncId } = await held(id, 6);
    await move(leaving, unit);

    // The next sync has listed them, and cannot plan before the answer to the earlier hold arrives.
    await stack.control('POST', '/faults', { service: 'sts', accountId: inUnit.at(-1), kind: 'throttle' });
    const next = await organizations.sync(id);
    await waitFor('a newer complete listing', async () => (await sync(next.id)).phase === 'applying');
    expect((await answer(syncId, true)).heldRemovals).toEqual({ count: 6, state: 'confirmed' });
    expect(await resultOf(syncId)).toEqual({ state: 'confirmed', removed: 0 });
    await stack.control('DELETE', '/faults');
    expect(await organizations.completed(next.id)).toMatchObject({ heldRemovals: null, counts: { removed: 0, added: 0 } });
    expect(await accountIds(id)).toEqual(before);

    await move(leaving, made.rootId);
    const last = await held(id, 6);
    await stack.api.delete(`/v1/organizations/${id}?clouds=keep`);
    expect(await resultOf(last.id)).toEqual({ state: 'superseded', removed: 0 });
  });
});

describe('S5: by Temporal alone', () => {
  it('a sync is found, says what it waits for, and is cancelled there: its row says so, and the next one does the rest', async () => {
    const { id, made } = watched;
    // It gets no further, however long a look takes.
    await stack.control('POST', '/faults', { service: 'organizations', operation: 'ListAccounts', kind: 'throttle' });
    const { id: syncId } = await organizations.sync(id);
    const workflowId = organizationSyncWorkflowId(syncId);
    const listing = `MusterOrganizationId = "${made.organizationId}" AND MusterPhase = "listing"`;
    await waitFor('the sync in visibility', async () => (await found(listing)).has(workflowId));
    expect(await shown(workflowId)).toMatchObject({
      status: 'RUNNING',
      summary: `Synchronise "Organization ${made.organizationId}" (${made.organizationId})`,
      current: expect.stringMatching(/^\*\*listing\*\*: Listing the organization[^]*\d+ accounts listed/),
    });
    expect(await shown(organizationWorkflowId(made.organizationId))).toMatchObject({
      summary: `Keep organization ${made.organizationId}`,
      current: expect.stringContaining(`Running sync ${syncId}`),
    });

    await run(workflowId).cancel();
    expect(await organizations.ended(syncId)).toMatchObject({
      phase: 'cancelled',
      failure: { code: 'cancelled', message: expect.stringContaining('Start a new run') },
    });
    // The row knows of the end before the run has ended.
    await run(workflowId).result();
    expect(await shown(workflowId)).toMatchObject({ phase: 'cancelled', current: expect.stringContaining('The run was cancelled.') });
    await stack.control('DELETE', '/faults');
    await organizations.resync(id);
  });

  it('schedules are paused, triggered and resumed there, and all runs of the organization are found by its id', async () => {
    const { id, made } = watched;
    const query = `MusterOrganizationId = "${made.organizationId}"`;
    const schedules = await waitFor('both schedules in visibility', async () => {
      const listed: string[] = [];
      for await (const { scheduleId } of stack.temporal.schedule.list({ query })) listed.push(scheduleId);
      return listed.length === scheduledKinds.length && listed;
    });
    expect(schedules.toSorted()).toEqual(scheduledKinds.map((kind) => scheduleId(kind, id)).toSorted());
    for (const kind of scheduledKinds) {
      const schedule = stack.temporal.schedule.getHandle(scheduleId(kind, id));
      await schedule.pause('an operator looks into something');
      expect((await schedule.describe()).state).toMatchObject({ paused: true, note: 'an operator looks into something' });
      await schedule.trigger();
      const work = await waitFor(`the ${kind} that was triggered`, async () => {
        const { items } = await stack.api.get<{ items: SyncResource[] }>(`/v1/organizations/${id}/syncs?kind=${kind}`);
        return items.find(({ trigger }) => trigger === 'schedule');
      });
      await organizations.completed(work.id);
      await schedule.unpause('done');
      expect((await schedule.describe()).state).toMatchObject({ paused: false, note: 'done' });
    }
    const all = await waitFor('all of them in visibility', async () => {
      const runs = await found(query);
      return new Set(runs.values()).size === 5 && runs;
    });
    expect(new Set(all.values())).toEqual(
      new Set([organizationKeeperName, organizationSyncName, removalHoldName, autoBadgingName, scheduleTickName]),
    );
    for (const workflowId of all.keys()) expect((await shown(workflowId)).summary).toContain(made.organizationId);
  });
});

describe('O19: keepers', () => {
  it('a terminated keeper restarts without a request: its running sync has an end, and its queued work is done', async () => {
    const { id, made } = watched;
    await stack.control('POST', '/faults', { service: 'organizations', operation: 'ListAccounts', kind: 'throttle' });
    const { id: runs } = await organizations.sync(id);
    await waitFor('the sync to run', async () => (await sync(runs)).phase === 'listing');
    const { id: waits } = await stack.api.post<SyncResource>(`/v1/organizations/${id}/auto-badging/run`, {});
    await run(organizationWorkflowId(made.organizationId)).terminate('by hand');
    expect((await organizations.ended(runs)).phase).toBe('cancelled');
    await stack.control('DELETE', '/faults');
    await organizations.completed(waits);
  });

  it('an idle keeper that missed the removal of its organization ends', async () => {
    const made = await organizations.make({ accounts: 3 });
    const { id } = await organizations.import(made);
    const keeper = run(organizationWorkflowId(made.organizationId));
    await waitFor('the keeper to rest', async () => (await keeper.query(keeperStateQuery)).waitingFor.startsWith('Nothing'));
    await stack.sql`delete from clouds where organization_id = ${id}`;
    await stack.sql`delete from cloud_organizations where id = ${id}`;
    await keeper.result();
    expect((await keeper.describe()).status.name).toBe('COMPLETED');
  });
});
