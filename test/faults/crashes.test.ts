import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectOnboardedOnce } from '../support/expect-onboarded-once.ts';
import { delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { TestStack, type RequestResource } from '../support/stack.ts';
import { lockTable } from '../support/table-lock.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
beforeAll(async () => {
  // Slow stacks, so that there is a middle of a deployment to crash in.
  stack = await TestStack.start({ SANDBOX_STEP_MS: '1500' }, { worker: { MUSTER_RECONCILE_GRACE_SECONDS: '5' } });
});
afterAll(() => stack?.stop());

const ended = (request: RequestResource) => stack.phase(request.id, 'completed', 'failed', 'expired', 'rejected', 'cancelled');

async function middleOfDeployment(request: RequestResource): Promise<void> {
  await waitFor('the middle of the deployment', async () => {
    const { phase, timeline } = await stack.request(request.id);
    return phase === 'deploying' && timeline!.some((entry) => entry.type === 'stack_event');
  });
}

// The intake and the reconciler live in the worker and die with it.
it.each([
  { what: 'the worker', killed: ['worker'] },
  { what: 'the API', killed: ['api'] },
  { what: 'Postgres', killed: ['postgres'] },
  { what: 'Temporal', killed: ['temporal'] },
  { what: 'everything', killed: ['worker', 'api', 'postgres', 'temporal'] },
])(
  '$what killed while people decide, while the stack deploys and while the cloud is registered: nothing is lost or done twice',
  async ({ killed }) => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.crash(...killed);
    // The role is proven only once the table is locked, however long a crash takes: the registration meets the lock.
    await stack.control('POST', '/faults', { service: 'sts', operation: 'AssumeRole', accountId: account, kind: 'throttle' });
    await stack.approve(request, account);

    await middleOfDeployment(request);
    await stack.crash(...killed);

    const clouds = await lockTable(stack, 'clouds');
    await stack.control('DELETE', '/faults');
    await clouds.met();
    await expect(stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {})).rejects.toThrow(/409.*can no longer be cancelled/);
    await stack.crash(...killed);
    await clouds.release();

    await expectOnboardedOnce(stack, await ended(request), account);
  },
);

it('Postgres and Temporal are restarted in good order while the stack deploys: the run goes on when they are back', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  await stack.approve(request, account);
  await middleOfDeployment(request);
  const before = stack.info.pids;
  process.kill(before['postgres']!, 'SIGINT');
  process.kill(before['temporal']!, 'SIGTERM');
  await waitFor('both to be started again', async () => ['postgres', 'temporal'].every((name) => stack.info.pids[name] !== before[name]));
  const done = await ended(request);
  expect(done.stack?.status).toBe('CREATE_COMPLETE');
  await expectOnboardedOnce(stack, done, account);
});

it('the worker dies between the commit of a registration and its report: the second try finds the cloud that is there', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  const clouds = await lockTable(stack, 'clouds');
  await stack.approve(request, account);
  await clouds.met();
  const startTemporal = await stack.hold('temporal');
  await clouds.release();
  await stack.phase(request.id, 'completed');
  const startWorker = await stack.hold('worker');
  startTemporal();
  startWorker();
  const result = await waitFor('the end of the run', async () => {
    return (await stack.temporal.workflow.getHandle(delegationWorkflowId(request.id)).result()) as unknown;
  });
  const done = await stack.request(request.id);
  expect(result).toEqual({ phase: 'completed', cloudId: done.cloudId, organizationId: null, failure: null });
  await expectOnboardedOnce(stack, done, account);
});

it('the intake dies between the inbox and the signal: the approval is not lost', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  // Without Temporal a message gets as far as the inbox.
  const startTemporal = await stack.hold('temporal');
  await stack.approve(request, account);
  await waitFor('the token in the inbox', async () => {
    const rows = await stack.sql`
      select 1 from notification_inbox where request_id = ${request.id} and type = 'ExchangeToken' and status = 'received'`;
    return rows.length === 1;
  });
  const startWorker = await stack.hold('worker');
  startTemporal();
  startWorker();
  await stack.ready();
  await expectOnboardedOnce(stack, await ended(request), account);
  const unheard = await stack.sql`select 1 from notification_inbox where request_id = ${request.id} and status = 'received'`;
  expect(unheard).toEqual([]);
});
