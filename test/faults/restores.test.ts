import { cp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHome } from '../../dev/stack/home.ts';
import { delegationCleanUpWorkflowId } from '../../workflows/contracts/delegation-clean-up.ts';
import { scheduleId } from '../../workflows/contracts/schedule-tick.ts';
import { delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { expectOnboardedOnce } from '../support/expect-onboarded-once.ts';
import { TestStack, type RequestResource } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
let temporalData: string;
let postgresData: string;
beforeAll(async () => {
  // Slow stacks, so that there is a middle of a deployment.
  stack = await TestStack.start({ SANDBOX_STEP_MS: '1500' }, { worker: { MUSTER_RECONCILE_GRACE_SECONDS: '1' } });
  const home = openHome(stack.home);
  temporalData = dirname(home.temporalData);
  postgresData = home.postgresData;
});
afterAll(() => stack?.stop());

/** Changes the data of programs while they and everything that uses them are down. */
async function whileDown(names: readonly string[], change: () => Promise<void>): Promise<void> {
  const before = stack.info.pids;
  const letGo = await stack.hold(...names);
  await change();
  letGo();
  await waitFor(`${names.join(', ')} to be started again`, async () => names.every((name) => stack.info.pids[name] !== before[name]));
  await stack.ready();
}

const temporalPrograms = ['worker', 'api', 'temporal'];
const allPrograms = [...temporalPrograms, 'postgres'];

/** The folder stays: programs run in it. */
async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}

const loseTemporal = () => whileDown(temporalPrograms, () => empty(temporalData));

const copyOf = (folder: string) => join(dirname(folder), `${folder.split('/').at(-1)}.backup`);
const backUp = (folder: string, programs = temporalPrograms) =>
  whileDown(programs, () => cp(folder, copyOf(folder), { recursive: true, preserveTimestamps: true }));
const restore = (folder: string, programs = temporalPrograms) =>
  whileDown(programs, async () => {
    await empty(folder);
    await cp(copyOf(folder), folder, { recursive: true, preserveTimestamps: true });
    await rm(copyOf(folder), { recursive: true });
  });

const ended = (request: RequestResource) => stack.phase(request.id, 'completed', 'failed', 'expired', 'rejected', 'cancelled');
const run = (request: RequestResource) => stack.temporal.workflow.getHandle(delegationWorkflowId(request.id));

async function middleOfDeployment(request: RequestResource): Promise<void> {
  await waitFor('the middle of the deployment', async () => {
    const { phase, timeline } = await stack.request(request.id);
    return phase === 'deploying' && timeline!.some((entry) => entry.type === 'stack_event');
  });
}

async function takenUp(request: RequestResource): Promise<void> {
  await waitFor(`request ${request.id} to be taken up`, async () =>
    (await stack.request(request.id)).timeline!.some(({ type }) => type === 'taken_up'),
  );
}

it('S8: Temporal has lost everything: each open request gets a new run, goes on where it was, and is onboarded once', async () => {
  const accounts = [stack.newAccount(), stack.newAccount(), stack.newAccount()] as const;
  const [waiting, assigned, deploying] = await Promise.all([stack.ask(accounts[0]), stack.ask(accounts[1]), stack.ask(accounts[2])]);
  const approver = stack.approver(accounts[1]);
  await approver.takeUp(assigned.awsRequestId!);
  await waitFor('the assigned state', async () => (await stack.request(assigned.id)).awsState === 'assigned');
  await stack.approve(deploying, accounts[2]);
  await middleOfDeployment(deploying);

  await loseTemporal();

  await Promise.all([waiting, assigned, deploying].map((request) => takenUp(request)));
  await stack.approve(waiting, accounts[0]);
  await approver.approve(assigned.awsRequestId!);
  approver.close();
  for (const [index, request] of [waiting, assigned, deploying].entries()) {
    const done = await ended(request);
    expect(done.awsRequestId).toBe(request.awsRequestId);
    await expectOnboardedOnce(stack, done, accounts[index]!);
  }
});

it('S8: Temporal is older than the database: runs behind their requests are replaced, and no approval is lost', async () => {
  const accounts = [stack.newAccount(), stack.newAccount()] as const;
  const [approved, completed] = await Promise.all([stack.ask(accounts[0]), stack.ask(accounts[1])]);
  await backUp(temporalData);
  await stack.approve(completed, accounts[1]);
  await stack.phase(completed.id, 'completed');
  await stack.approve(approved, accounts[0]);
  await middleOfDeployment(approved);

  await restore(temporalData);

  await expectOnboardedOnce(stack, await ended(approved), accounts[0]);
  await expectOnboardedOnce(stack, await stack.request(completed.id), accounts[1]);
  // The restored run of the completed request ends, and its audit entry names everything that it may have deployed.
  expect(await run(completed).result()).toMatchObject({ failure: { code: 'request_ended' } });
  const audited = await stack.sql`
    select detail from audit_events where action = 'delegation_request.run_ended' and target_id = ${completed.id}`;
  expect(audited).toMatchObject([{ detail: { stack: `muster-${completed.id}`, role: 'MusterHarvesting', accountId: accounts[1] } }]);
});

it('S8: the database is older than Temporal: a closed run of an open request is replaced, and a run without a request ends', async () => {
  const known = stack.newAccount();
  const request = await stack.ask(known);
  await backUp(postgresData, allPrograms);
  const forgotten = await stack.ask(stack.newAccount());
  const approver = stack.approver(known);
  await approver.takeUp(request.awsRequestId!);
  await approver.reject(request.awsRequestId!);
  approver.close();
  await stack.phase(request.id, 'rejected');

  await restore(postgresData, allPrograms);

  await takenUp(request);
  expect((await stack.request(request.id)).phase).toBe('requested');
  expect(await run(forgotten).result()).toMatchObject({ failure: { code: 'request_missing' } });
  await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
  expect(await ended(request)).toMatchObject({ phase: 'cancelled' });
});

it('S8: a run that an operator terminated is not replaced: its request is closed, its stack removed, and it can be sent again', async () => {
  const accounts = [stack.newAccount(), stack.newAccount()] as const;
  const [waiting, deploying] = await Promise.all([stack.ask(accounts[0]), stack.ask(accounts[1])]);
  await stack.approve(deploying, accounts[1]);
  await middleOfDeployment(deploying);
  await Promise.all([waiting, deploying].map((request) => run(request).terminate('it misbehaves')));

  for (const request of [waiting, deploying]) {
    expect(await ended(request)).toMatchObject({
      phase: 'failed',
      failure: { code: 'interrupted', message: expect.stringContaining('resend') },
    });
  }
  const removal = await waitFor('the removal of the stack', async () =>
    (await stack.request(deploying.id)).timeline!.find(({ type }) => type === 'stack_removal'),
  );
  expect(removal).toMatchObject({ message: expect.stringContaining('Nothing of the stack'), detail: { leftInAccount: [] } });
  expect(await stack.stacks(accounts[1])).toEqual([]);
  await stack.temporal.workflow.getHandle(delegationCleanUpWorkflowId(deploying.id)).result();
  const tokens = await stack.sql`select 1 from notification_inbox where request_id = ${deploying.id} and sealed_token is not null`;
  expect(tokens).toEqual([]);

  const again = await stack.api.post<RequestResource>(`/v1/delegation-requests/${deploying.id}/resend`, {});
  await stack.approve(again, accounts[1]);
  expect(await ended(again)).toMatchObject({ phase: 'completed' });
});

it('S8: a request whose run is lost is cancelled at once, and its stack is removed', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  await stack.approve(request, account);
  await middleOfDeployment(request);
  // The worker stays down, so that no reconciler sees the request before its cancellation.
  const startWorker = await stack.hold('worker');
  await run(request).terminate('gone');
  const { phase } = await stack.api.post<RequestResource>(`/v1/delegation-requests/${request.id}/cancel`, {});
  expect(phase).toBe('cancelled');
  startWorker();
  await waitFor('the removal of the stack', async () => (await stack.stacks(account)).length === 0);
});

it('S8: Temporal has lost everything under an organization: its hold, sync, recheck, preview and paused schedule go on', async () => {
  const { organizations } = stack;
  const made = await organizations.make({ accounts: 30, ous: 3 });
  const { id } = await organizations.import(made);
  const excluded = (await organizations.members(made)).slice(0, 8).map(({ Id }) => Id!);
  await stack.api.patch(`/v1/organizations/${id}`, { scope: { excludeAccountIds: excluded } });
  const holding = await waitFor('the hold', async () => {
    const { lastSync } = await organizations.get(id);
    return lastSync.heldRemovals?.state === 'waiting' && lastSync.phase === 'completed' ? lastSync : null;
  });
  await waitFor('the schedule', async () => (await organizations.get(id)).nextSyncAt !== null);
  await stack.api.post(`/v1/organizations/${id}/auto-badging/pause`, {});
  // The management account also has the role by which the listing reads.
  const checked = (await organizations.clouds(`organizationId=${id}&status=ok`)).find(
    ({ accountId }) => accountId !== made.managementAccountId,
  );
  // Both would be over before the loss.
  await organizations.slowListing(3_000);
  await stack.control('POST', '/faults', { service: 'sts', operation: 'AssumeRole', accountId: checked!.accountId, kind: 'throttle' });
  const sync = await organizations.sync(id);
  await organizations.middleOfListing(1);
  await stack.api.post(`/v1/clouds/${checked!.id}/recheck`, {});
  const preview = await stack.api.post<{ id: string }>(`/v1/organizations/${id}/preview`, { scope: { excludeAccountIds: [] } });

  await loseTemporal();
  await stack.control('DELETE', '/faults');

  expect(await organizations.ended(sync.id)).toMatchObject({ phase: expect.stringMatching(/completed|failed/) });
  await waitFor(
    'the check of the cloud',
    async () => (await organizations.cloud(checked!.accountId))!.lastCheckedAt !== checked!.lastCheckedAt,
  );
  await waitFor('the end of the preview', async () => {
    const { state } = await stack.api.get<{ state: string }>(`/v1/previews/${preview.id}`);
    return state !== 'running';
  });
  await waitFor('the pause of the schedule', async () => {
    const { state } = await stack.temporal.schedule.getHandle(scheduleId('badging', id)).describe();
    return state.paused;
  });
  expect(await organizations.get(id)).toMatchObject({ autoBadging: { paused: true } });

  // The sync that went on may have made a hold of its own, which supersedes this one.
  const waiting = (await organizations.syncs(id)).find(({ heldRemovals }) => heldRemovals?.state === 'waiting')!;
  expect([holding.id, sync.id]).toContain(waiting.id);
  await waitFor('the hold to take an answer', async () => stack.api.post(`/v1/syncs/${waiting.id}/confirm-removals`, { confirm: true }));
  await waitFor('the removal', async () => (await organizations.get(id)).accountCount === 22);
});
