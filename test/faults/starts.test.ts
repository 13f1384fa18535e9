import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { expectOnboardedOnce } from '../support/expect-onboarded-once.ts';
import { TestStack, type RequestResource } from '../support/stack.ts';
import { lockTable } from '../support/table-lock.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.start({}, { worker: { MUSTER_RECONCILE_SECONDS: '600' } });
});
afterAll(() => stack?.stop());

/** Asks for an account under an Idempotency-Key that is its number. */
async function askUnderKey(accountId: string): Promise<{ status: number; text: string; request: RequestResource }> {
  const { apiUrl, adminApiKey } = stack.info;
  const response = await fetch(new URL('/v1/delegation-requests', apiUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${adminApiKey}`, 'content-type': 'application/json', 'idempotency-key': accountId },
    body: JSON.stringify(stack.settings(accountId)),
  });
  const text = await response.text();
  return { status: response.status, text, request: JSON.parse(text) as RequestResource };
}

async function asksOfAws(): Promise<number> {
  const calls = await stack.calls();
  return calls['iam']?.['CreateDelegationRequest']?.count ?? 0;
}

it('S2: asked while no worker runs it is 202, and once one starts the same key attaches to the same request', async () => {
  const account = stack.newAccount();
  const asked = await asksOfAws();
  const startWorker = await stack.hold('worker');
  const first = await askUnderKey(account);
  expect(first).toMatchObject({ status: 202, request: { phase: 'requested', consoleUrl: null, awsRequestId: null } });
  const { id } = first.request;
  expect(await askUnderKey(account)).toMatchObject({ status: 202, request: { id, consoleUrl: null } });

  startWorker();
  await waitFor('the link', async () => (await stack.request(id)).consoleUrl);
  const attached = await askUnderKey(account);
  expect(attached).toMatchObject({ status: 201, request: { id, consoleUrl: expect.any(String), awsRequestId: expect.any(String) } });
  await stack.approve(attached.request, account);
  await expectOnboardedOnce(stack, await stack.phase(id, 'completed', 'failed', 'expired'), account);
  // The same status and body again, to the byte, even if the request has changed since.
  expect(await askUnderKey(account)).toEqual(attached);
  expect(await asksOfAws()).toBe(asked + 1);
});

it('the API dies between the commit and the start of the workflow: the reconciler starts it', async () => {
  const account = stack.newAccount();
  // It has seen that Temporal is there, and now waits in the middle of its transaction.
  const nicknames = await lockTable(stack, 'nicknames');
  const lost = askUnderKey(account).catch((error: unknown) => error);
  await nicknames.met();
  const startTemporal = await stack.hold('temporal');
  await nicknames.release();
  const id = await waitFor('the commit', async () => {
    const rows = await stack.sql<{ id: string }[]>`select id from delegation_requests where account_id = ${account}`;
    return rows[0]?.id;
  });
  const startApi = await stack.hold('api');
  expect(await lost).toBeInstanceOf(Error);
  startTemporal();
  startApi();
  await stack.ready();
  await expect(stack.temporal.workflow.getHandle(delegationWorkflowId(id)).describe()).rejects.toThrow(WorkflowNotFoundError);
  expect(await stack.sql`select workflow_started_at, phase from delegation_requests where id = ${id}`).toEqual([
    { workflow_started_at: null, phase: 'requested' },
  ]);

  // A reconciler looks when it starts, for rows that are older than any API call could be: that is not waited for here.
  await stack.sql`update delegation_requests set created_at = created_at - interval '1 minute' where id = ${id}`;
  await stack.crash('worker');
  await waitFor('the link', async () => (await stack.request(id)).consoleUrl);
  const attached = await askUnderKey(account);
  expect(attached).toMatchObject({ status: 201, request: { id } });
  await stack.approve(attached.request, account);
  await expectOnboardedOnce(stack, await stack.phase(id, 'completed', 'failed', 'expired'), account);
});

it('the worker dies during its call to AWS: a repeated call with the same key gets a request that can be answered', async () => {
  const account = stack.newAccount();
  const asked = await asksOfAws();
  await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'delay', ms: 3_000, times: 1 });
  const first = askUnderKey(account);
  await waitFor('AWS to be asked', async () => (await stack.control<{ faults: unknown[] }>('GET', '/faults')).faults.length === 0);
  await stack.crash('worker');
  // The dead worker left a request at AWS whose link is lost. If the next attempt is too late for the first call, that
  // call gets 503, and the key is free.
  const { status } = await first;
  expect([201, 202, 503]).toContain(status);
  const opened = await waitFor('a request with a link', async () => {
    const answer = await askUnderKey(account);
    return answer.status === 201 ? answer.request : null;
  });
  await stack.approve(opened, account);
  await expectOnboardedOnce(stack, await stack.phase(opened.id, 'completed', 'failed', 'expired'), account);
  expect(await asksOfAws()).toBeGreaterThan(asked + 1);
});
