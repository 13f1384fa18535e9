import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFreePort } from '../../dev/process/ports.ts';
import { TestStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
let ports: { health: number; metrics: number };
beforeAll(async () => {
  ports = { health: await findFreePort(), metrics: await findFreePort() };
  // Stacks that take longer than a worker that stops waits for its activities.
  stack = await TestStack.start(
    { SANDBOX_STEP_MS: '6000' },
    { worker: { WORKER_PORT: String(ports.health), WORKER_METRICS_PORT: String(ports.metrics) } },
  );
});
afterAll(() => stack?.stop());

const workerReadiness = async () => (await fetch(`http://127.0.0.1:${ports.health}/health/ready`)).status;

async function workerLog(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(stack.home, 'logs/worker.log'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The series of a metric, a line each. */
async function series(url: string, metric: string): Promise<string[]> {
  const text = await (await fetch(url)).text();
  return text.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
}

it('S6: a worker that gets SIGTERM hands its activity over and exits cleanly, and its work is done once', async () => {
  await waitFor('a ready worker', async () => (await workerReadiness()) === 200);
  const account = stack.newAccount();
  const request = await stack.ask(account);
  await stack.approve(request, account);
  await waitFor('the middle of the deployment', async () => {
    const { phase, timeline } = await stack.request(request.id);
    return phase === 'deploying' && timeline!.some((entry) => entry.type === 'stack_event');
  });
  const { worker } = stack.info.pids;
  process.kill(worker!, 'SIGTERM');
  await waitFor('a worker that says it stops', async () => (await workerReadiness()) === 503);
  await waitFor('the next worker', async () => stack.info.pids.worker !== undefined && stack.info.pids.worker !== worker);
  const ofTheFirst = (await workerLog()).filter(({ pid }) => pid === worker);
  expect(ofTheFirst.at(-1)).toMatchObject({ msg: 'worker stopped' });

  expect(await stack.phase(request.id, 'completed', 'failed')).toMatchObject({ phase: 'completed', failure: null });
  const cloudFormation = new CloudFormationClient({
    endpoint: stack.info.awsEndpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'any' },
  });
  const { StackSummaries } = await cloudFormation.send(new ListStacksCommand({}));
  cloudFormation.destroy();
  expect(StackSummaries?.map(({ StackStatus }) => StackStatus)).toEqual(['CREATE_COMPLETE']);
});

it('S6: the worker measures what AWS refused and what Temporal asked of it', async () => {
  // The proof that the role refuses us without its external id (D12) is a refusal that every onboarding brings.
  const url = `http://127.0.0.1:${ports.metrics}/metrics`;
  const refused = await waitFor('a counted refusal', async () => {
    const found = await series(url, 'muster_aws_errors_total');
    return found.length > 0 && found;
  });
  expect(refused.join('\n')).toMatch(/code="AccessDenied".*operation="AssumeRoleCommand".*service="STSClient"/);
  expect((await series(url, 'temporal_activity_execution_latency_seconds_count')).join()).toContain('activity_type="registerCloud"');
});

it('S6: the API measures requests, notifications and calls', async () => {
  const url = `${stack.info.apiUrl}/metrics`;
  expect(
    await waitFor('fresh figures', async () =>
      (await series(url, 'muster_delegation_requests')).find((line) => line.includes('completed') && line.endsWith(' 1')),
    ),
  ).toBeTruthy();
  const [lag] = await series(url, 'muster_notification_lag_seconds');
  expect(Number(lag!.split(' ')[1])).toBeGreaterThan(0);
  expect((await series(url, 'muster_http_request_duration_seconds_count')).join()).toContain(
    'method="POST",route="/v1/delegation-requests",status="201"',
  );
  expect((await series(url, 'process_resident_memory_bytes')).length).toBe(1);
});
