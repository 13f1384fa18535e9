import { randomBytes } from 'node:crypto';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestStack } from '../support/stack.ts';

const encrypt = { MUSTER_PAYLOAD_CODEC: 'encrypt' };
const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [string, string];

let stack: TestStack;
beforeAll(async () => {
  const keys = { MUSTER_SEALING_KEYS: `${k1},${k2}` };
  // The API cannot write encrypted payloads yet: in the middle of a rollout.
  stack = await TestStack.start({}, { worker: { ...encrypt, ...keys }, api: keys });
});
afterAll(() => stack?.stop());

/** The history of a run as JSON, as a person reads it who has no key: payloads and metadata in clear are readable. */
async function history(workflowId: string): Promise<string> {
  const json = historyToJSON(await stack.temporal.workflow.getHandle(workflowId).fetchHistory());
  return json.replaceAll(
    /"(data|encoding|encryption-key-id)": "([\w+/=]*)"/g,
    (_all, name: string, data: string) => `"${name}": ${JSON.stringify(Buffer.from(data, 'base64').toString('latin1'))}`,
  );
}

it('a worker that encrypts onboards an account for an API that does not encrypt yet, and leaves no result in clear', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  await stack.approve(request, account);
  expect(await stack.phase(request.id, 'completed', 'failed')).toMatchObject({ phase: 'completed', failure: null });
  const text = await history(`delegation/${request.id}`);
  for (const shown of ['binary/encrypted', 'k1']) expect(text).toContain(shown);
  // The results of activities; the input of the API is in clear until it encrypts, too.
  expect(text).not.toContain(request.awsRequestId!);
  expect(text).not.toContain(request.consoleUrl!);
  const details = await stack.temporal.workflow.getHandle(`delegation/${request.id}`).describe();
  expect(JSON.stringify(details.raw.workflowExecutionInfo?.memo ?? {})).not.toContain(request.awsRequestId!);
});

it('messages and stack traces of failures are encrypted, and the API still reports them', async () => {
  const account = stack.newAccount();
  await stack.control('POST', '/faults', {
    service: 'iam',
    operation: 'CreateDelegationRequest',
    accountId: account,
    kind: 'access_denied',
  });
  await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'access_denied', times: 10 });
  const refusal = await stack.ask(account).then(
    (request) => JSON.stringify(request),
    (error: unknown) => String(error),
  );
  await stack.control('DELETE', '/faults');
  expect(refusal).toMatch(/not authorized|denied/i);
  const [row] = await stack.sql`select id from delegation_requests where account_id = ${account}`;
  const text = await history(`delegation/${row!['id']}`);
  expect(text).toContain('"message": "Encoded failure"');
  expect(text).not.toMatch(/not authorized|\.[jt]s:\d+:\d+/);
});
