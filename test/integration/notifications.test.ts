import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNotificationTopic, topicArn, type NotificationTopic } from '../support/notification-topic.ts';
import { TestStack, type RequestResource } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
let topic: NotificationTopic;
beforeAll(async () => {
  stack = await TestStack.start();
  topic = openNotificationTopic(stack.info.awsEndpointUrl);
});
afterEach(async () => {
  await stack.control('PUT', '/notifications', {});
  await stack.control('POST', '/notifications/release');
  await stack.control('DELETE', '/faults');
});
afterAll(async () => {
  topic?.close();
  await stack?.stop();
});

interface Inbox {
  message_id: string;
  source: string;
  type: string;
  status: string;
  ignored_reason: string | null;
  aws_state: string | null;
  sealed_token: Buffer | null;
}
const inbox = async (requestId: string): Promise<Inbox[]> =>
  await stack.sql<Inbox[]>`select * from notification_inbox where request_id = ${requestId} order by received_at`;
const row = (messageId: string) =>
  waitFor('the message in the inbox', async () => {
    const [found] = await stack.sql<Inbox[]>`select * from notification_inbox where message_id = ${messageId} and status <> 'received'`;
    return found;
  });
const clouds = async (accountId: string) => (await stack.api.get<{ items: unknown[] }>(`/v1/clouds?search=${accountId}`)).items;
const hold = () => stack.control('PUT', '/notifications', { hold: true });
const release = (containing?: string) =>
  stack.control('POST', '/notifications/release', containing === undefined ? undefined : { containing });
const inState = (id: string, awsState: string) =>
  waitFor(`the request to be ${awsState}`, async () => (await stack.request(id)).awsState === awsState);
const entry = (id: string, fits: (entry: NonNullable<RequestResource['timeline']>[number]) => boolean) =>
  waitFor('the entry on the timeline', async () => (await stack.request(id)).timeline!.find(fits));

/** A StateChange message as IAM writes it. */
const state = (
  request: { id: string; accountId: string; awsRequestId: string | null },
  State: string,
  about: { attempt?: number; updatedAt?: Date; account?: string } = {},
) => ({
  Type: 'StateChange',
  RequestId: request.awsRequestId ?? 'dr-0123456789abcdef0123',
  RequestorWorkflowId: `muster-${request.id}-${about.attempt ?? 1}`,
  State,
  UpdatedAt: (about.updatedAt ?? new Date()).toISOString(),
  OwnerAccountId: about.account ?? request.accountId,
});

/** Ids of what still waits at AWS for an account's answer, the newest first: the console shows also what our side lost. */
async function openAtAws(accountId: string): Promise<string[]> {
  const page = await (await fetch(new URL('/console', stack.info.awsEndpointUrl))).text();
  return [...page.matchAll(/delegation-requests\/([\w-]+)"[\s\S]*?Account (\d{12})/g)]
    .filter(([, , account]) => account === accountId)
    .map(([, id]) => id!);
}

async function callsOf(service: string, operation: string): Promise<number> {
  const counts = (await (await fetch(new URL('/_sandbox/calls', stack.info.awsEndpointUrl))).json()) as Record<
    string,
    Record<string, { count: number }>
  >;
  return counts[service]?.[operation]?.count ?? 0;
}

describe('D10: from the queue, in any order', () => {
  it('the token before any state: the request completes, and later messages change nothing', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await hold();
    await stack.approve(request, account);
    await release('ExchangeToken');
    const done = await stack.phase(request.id, 'completed', 'failed');
    expect(done).toMatchObject({ phase: 'completed', awsState: 'finalized' });
    await release();
    await waitFor('the late messages', async () => (await inbox(request.id)).filter(({ status }) => status === 'ignored').length === 3);
    expect(await stack.request(request.id)).toMatchObject({ phase: 'completed', awsState: 'finalized', cloudId: done.cloudId });
    expect(await clouds(account)).toHaveLength(1);
  });

  it('the states before the token: it waits for the token, and then completes', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await hold();
    await stack.approve(request, account);
    await release('StateChange');
    await inState(request.id, 'finalized');
    expect((await stack.request(request.id)).phase).toBe('requested');
    await release('ExchangeToken');
    expect((await stack.phase(request.id, 'completed', 'failed')).phase).toBe('completed');
    const messages = await inbox(request.id);
    expect(messages.map(({ status }) => status)).toEqual(['signalled', 'signalled', 'signalled', 'signalled']);
    expect(messages.filter(({ sealed_token }) => sealed_token !== null)).toEqual([]);
  });

  it('delayed for a day, reordered and sent three times each: the outcome is the same', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.control('PUT', '/notifications', { hold: true, duplicate: 2 });
    const approver = stack.approver(account);
    await approver.takeUp(request.awsRequestId!);
    await approver.forward(request.awsRequestId!);
    await stack.control('PUT', '/clock', { advanceSeconds: 24 * 3_600 });
    await approver.approve(request.awsRequestId!);
    approver.close();
    await stack.control('PUT', '/notifications', { reorder: true, duplicate: 2 });
    await release();
    expect(await stack.phase(request.id, 'completed', 'failed')).toMatchObject({ phase: 'completed', awsState: 'finalized' });
    await waitFor('all five messages', async () => (await inbox(request.id)).length === 5);
    expect(await clouds(account)).toHaveLength(1);
  });

  it('S4: nothing is too old: a message that lay there for three days counts', async () => {
    const request = await stack.ask(stack.newAccount());
    const messageId = await topic.enqueue(state(request, 'ASSIGNED'), new Date(Date.now() - 3 * 24 * 3_600_000));
    expect(await row(messageId)).toMatchObject({ status: 'signalled', source: 'queue' });
    await inState(request.id, 'assigned');
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
  });

  it('replayed: an old message under a new id takes nothing back', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    const earlier = new Date(Date.now() - 60_000);
    const approver = stack.approver(account);
    await approver.takeUp(request.awsRequestId!);
    await approver.forward(request.awsRequestId!);
    approver.close();
    await inState(request.id, 'pending_approval');
    for (const replayed of ['ASSIGNED', 'REJECTED', 'EXPIRED']) {
      const messageId = await topic.publish(state(request, replayed, { updatedAt: earlier }));
      await row(messageId);
    }
    await entry(request.id, ({ detail }) => detail['ignored'] === 'stale' && detail['awsState'] === 'expired');
    expect(await stack.request(request.id)).toMatchObject({ phase: 'requested', awsState: 'pending_approval' });
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
  });

  it('about another account than the request’s: the answer does not count', async () => {
    const request = await stack.ask(stack.newAccount());
    await topic.publish(state(request, 'REJECTED', { account: '111122223333' }));
    await entry(request.id, ({ detail }) => detail['ignored'] === 'other_account');
    expect(await stack.request(request.id)).toMatchObject({ phase: 'requested', awsState: 'unassigned' });
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
  });

  it('before the create call has returned, about another request at AWS: it counts no more once the call has', async () => {
    const account = stack.newAccount();
    await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'delay', ms: 3_600_000 });
    const asking = stack.ask(account);
    const early = await waitFor('the request on record', async () => {
      const { items } = await stack.api.get<{ items: RequestResource[] }>(`/v1/delegation-requests?search=${account}`);
      return items[0];
    });
    // The call times out after some seconds and is retried. On a slow machine a later attempt is the first to return.
    const updatedAt = new Date(Date.now() + 1_000);
    const messageIds = await Promise.all([1, 2, 3].map((attempt) => topic.publish(state(early, 'ASSIGNED', { attempt, updatedAt }))));
    for (const messageId of messageIds) expect(await row(messageId)).toMatchObject({ status: 'signalled' });
    expect((await stack.request(early.id)).consoleUrl).toBeNull();
    await stack.control('DELETE', '/faults');
    const request = await asking;
    await inState(request.id, 'unassigned');
    await stack.approve(request, account);
    expect((await stack.phase(request.id, 'completed', 'failed')).phase).toBe('completed');
  });
});

describe('D10: attempts whose answer was lost', () => {
  async function askTwice(account: string): Promise<{ request: RequestResource; orphan: string }> {
    await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'drop', times: 1 });
    const request = await stack.ask(account);
    const [orphan] = (await openAtAws(account)).filter((id) => id !== request.awsRequestId);
    return { request, orphan: orphan! };
  }

  it('an approved one is adopted: its state, its token, and the stack that they lead to', async () => {
    const account = stack.newAccount();
    const { request, orphan } = await askTwice(account);
    await stack.approve({ ...request, awsRequestId: orphan }, account);
    const done = await stack.phase(request.id, 'completed', 'failed');
    expect(done).toMatchObject({ phase: 'completed', awsRequestId: orphan });
    expect(await clouds(account)).toHaveLength(1);
  });

  it('a rejected or expired request is ignored, and the other one is approved', async () => {
    const account = stack.newAccount();
    const { request } = await askTwice(account);
    for (const ended of ['REJECTED', 'EXPIRED']) {
      await row(await topic.publish(state(request, ended, { attempt: 1, updatedAt: new Date(Date.now() + 1_000) })));
    }
    await entry(request.id, ({ detail }) => detail['ignored'] === 'orphan');
    expect(await stack.request(request.id)).toMatchObject({ phase: 'requested', awsState: 'unassigned' });
    await stack.approve(request, account);
    expect((await stack.phase(request.id, 'completed', 'failed')).phase).toBe('completed');
  });
});

describe('D3: messages after the end', () => {
  it('EXPIRED, a week after success, goes on the timeline and changes nothing else', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const before = await stack.phase(request.id, 'completed');
    await stack.control('PUT', '/clock', { advanceSeconds: 8 * 24 * 3_600 });
    const late = await entry(request.id, ({ type }) => type === 'late_message');
    expect(late.detail).toMatchObject({ awsState: 'expired' });
    const { timeline, ...after } = await stack.request(request.id);
    const { timeline: known, ...then } = before;
    expect({ ...after, updatedAt: null }).toEqual({ ...then, updatedAt: null });
    expect(timeline!.slice(0, known!.length)).toEqual(known);
    expect(await clouds(account)).toHaveLength(1);
  });

  it('D11: the token of a cancelled request is neither kept nor redeemed', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await hold();
    await stack.approve(request, account);
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
    await stack.control('DELETE', '/calls');
    await release();
    await waitFor('all four messages', async () => (await inbox(request.id)).filter(({ status }) => status === 'ignored').length === 4);
    const [token] = (await inbox(request.id)).filter(({ type }) => type === 'ExchangeToken');
    expect(token).toMatchObject({ status: 'ignored', ignored_reason: 'request_ended', sealed_token: null });
    expect(await callsOf('sts', 'GetDelegatedAccessToken')).toBe(0);
    expect(await stack.request(request.id)).toMatchObject({ phase: 'cancelled', cloudId: null });
    expect(await clouds(account)).toEqual([]);
  });
});

describe('S4: the webhook', () => {
  const url = () => `${stack.info.apiUrl}/v1/webhooks/sns`;
  const isConfirmed = async (topicArn?: string) =>
    (await topic.subscriptions(topicArn)).some(
      ({ Protocol, SubscriptionArn }) => Protocol === 'http' && SubscriptionArn !== 'PendingConfirmation',
    );
  const audited = async (action: string) => {
    const { items } = await stack.api.get<{ items: unknown[] }>(`/v1/audit-events?action=${action}`);
    return items.length > 0 ? items : null;
  };
  const logged = (text: string, program = 'api') =>
    waitFor(`the log to say ${text}`, async () => (await readFile(join(stack.home, 'logs', `${program}.log`), 'utf8')).includes(text));

  it('confirms the subscription to the configured topic automatically, and to no other', async () => {
    const other = await topic.createOtherTopic();
    await topic.subscribe(url(), other);
    await logged('topic_not_allowed');
    await topic.subscribe(url());
    await waitFor('the confirmation', () => isConfirmed());
    expect(await isConfirmed(other)).toBe(false);
    // The line is written once the topic has said that it is confirmed.
    const items = await waitFor('the audit line', () => audited('webhook.subscribed'));
    expect(items).toMatchObject([{ actor: { name: 'Amazon SNS' }, target: { type: 'sns_topic', id: topicArn } }]);
  });

  it('D10: beside the queue, each message counts once, whichever way it comes first', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    expect((await stack.phase(request.id, 'completed', 'failed')).phase).toBe('completed');
    await waitFor('all four messages', async () => (await inbox(request.id)).length === 4);
    for (const { message_id } of await inbox(request.id)) await Promise.all([logged(message_id), logged(message_id, 'worker')]);
    expect(await inbox(request.id)).toHaveLength(4);
    expect(await clouds(account)).toHaveLength(1);
    const { timeline } = await stack.request(request.id);
    expect(timeline!.filter(({ type }) => type === 'exchange_token')).toHaveLength(1);
  });

  it('alone, brings a request to its end, duplicated and reordered', async () => {
    await topic.unsubscribe('sqs');
    await stack.control('PUT', '/notifications', { duplicate: 1, reorder: true });
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    expect((await stack.phase(request.id, 'completed', 'failed')).phase).toBe('completed');
    expect(new Set((await inbox(request.id)).map(({ source }) => source))).toEqual(new Set(['webhook']));
    expect(await clouds(account)).toHaveLength(1);
  });

  it('is not subscribed again after a person has ended its subscription', async () => {
    await topic.unsubscribe('http');
    const items = await waitFor('the audit line', () => audited('webhook.unsubscribed'));
    expect(items).toHaveLength(1);
    expect(await topic.subscriptions()).toEqual([]);
  });
});
