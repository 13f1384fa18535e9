import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
beforeAll(async () => {
  // Slow stacks, so that there is a middle of a deployment to crash in.
  stack = await TestStack.start({ SANDBOX_STEP_MS: '1500' });
});
afterAll(() => stack?.stop());

/** Ends the worker as a power cut would, and waits for the one that takes its place. */
async function crashWorker(): Promise<void> {
  const { worker } = stack.info.pids;
  process.kill(worker!, 'SIGKILL');
  await waitFor('a new worker', async () => stack.info.pids.worker !== undefined && stack.info.pids.worker !== worker);
}

it('a worker that dies while people decide, and again while the stack deploys, loses nothing and does nothing twice', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  await crashWorker();
  await stack.approve(request, account);

  await waitFor('the middle of the deployment', async () => {
    const { phase, timeline } = await stack.request(request.id);
    return phase === 'deploying' && timeline!.some((entry) => entry.type === 'stack_event');
  });
  await crashWorker();

  const done = await stack.phase(request.id, 'completed', 'failed', 'expired');
  expect(done).toMatchObject({ phase: 'completed', failure: null });

  const cloudFormation = new CloudFormationClient({
    endpoint: stack.info.awsEndpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'any' },
  });
  const { StackSummaries } = await cloudFormation.send(new ListStacksCommand({}));
  cloudFormation.destroy();
  expect(StackSummaries?.map((summary) => summary.StackStatus)).toEqual(['CREATE_COMPLETE']);
  const { items } = await stack.api.get<{ items: unknown[] }>(`/v1/clouds?search=${account}`);
  expect(items).toHaveLength(1);
  const keys = done.timeline!.filter((entry) => entry.type === 'stack_event').map((entry) => entry.message);
  expect(new Set(keys).size).toBe(keys.length);
});
