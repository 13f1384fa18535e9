import { createVerify, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { controlState } from '../control/state.ts';
import { createTestWorld, customerAccount as account } from '../fixtures/world.ts';
import type { TestWorld } from '../fixtures/world.ts';
import { sqsState } from '../sqs/state.ts';
import { signingIdentity } from './signature.ts';
import { handleSnsHttp, publishFromService, releaseNotifications } from './index.ts';
import { snsState } from './state.ts';

let test: TestWorld;
let sns: <T = Record<string, string>>(operation: string, input?: Record<string, unknown>) => Promise<T>;
let topicArn: string;
let queueUrl: string;
let queueArn: string;

beforeEach(async () => {
  test = createTestWorld();
  sns = (operation, input) => test.as(account)('sns', operation, input);
  topicArn = (await sns('CreateTopic', { Name: 't' }))['TopicArn']!;
  queueArn = `arn:aws:sqs:us-east-1:${account}:q`;
  const Policy = JSON.stringify({
    Statement: { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
  });
  const created = await test.as(account)<{ QueueUrl: string }>('sqs', 'CreateQueue', { QueueName: 'q', Attributes: { Policy } });
  queueUrl = created.QueueUrl;
  // Making the key takes longer than some waits below, on a busy machine.
  await signingIdentity(test.world);
});
afterEach(() => {
  vi.restoreAllMocks();
  test.stop();
});

const subscribeQueue = (Attributes?: Record<string, string>): Promise<Record<string, string>> =>
  sns('Subscribe', { TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, ...(Attributes ? { Attributes } : {}) });

/** Takes messages until there are `count`, or none for `waitSeconds`. */
async function take(count: number, waitSeconds = 3): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) {
    const { Messages } = await test.as(account)<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: waitSeconds,
    });
    if (Messages === undefined) break;
    bodies.push(...Messages.map(({ Body }) => Body));
  }
  return bodies;
}

const envelope = (body: string): Record<string, string> => JSON.parse(body) as Record<string, string>;
const messages = (bodies: string[]): string[] => bodies.map((body) => envelope(body)['Message']!);

async function certificateAt(url: string): Promise<X509Certificate> {
  const response = await handleSnsHttp({ method: 'GET', url: new URL(url) }, test.world);
  return new X509Certificate(response.body);
}

/** The check of SNS's documentation, written out apart from the code that signs. */
async function verifies(message: Record<string, string>): Promise<boolean> {
  const keys =
    message['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const signed = keys
    .filter((key) => message[key] !== undefined)
    .map((key) => `${key}\n${message[key]}\n`)
    .join('');
  const certificate = await certificateAt(message['SigningCertURL']!);
  return createVerify(message['SignatureVersion'] === '2' ? 'sha256' : 'sha1')
    .update(signed)
    .verify(certificate.publicKey, message['Signature']!, 'base64');
}

describe('delivery to a queue', () => {
  it.each(['1', '2'])('signs with version %s so that a receiver can verify the message, and any change shows', async (version) => {
    await sns('SetTopicAttributes', { TopicArn: topicArn, AttributeName: 'SignatureVersion', AttributeValue: version });
    await subscribeQueue();
    const { MessageId } = await sns('Publish', { TopicArn: topicArn, Message: 'hällo\n', Subject: 'greeting' });
    const message = envelope((await take(1))[0]!);
    expect(message).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn: topicArn,
      Subject: 'greeting',
      Message: 'hällo\n',
      SignatureVersion: version,
    });
    expect(message['SigningCertURL']).toMatch(/\/sns\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
    expect(await verifies(message)).toBe(true);
    expect(await verifies({ ...message, Message: 'other' })).toBe(false);
  });

  it('sends the bare message under raw delivery', async () => {
    await subscribeQueue({ RawMessageDelivery: 'true' });
    await sns('Publish', { TopicArn: topicArn, Message: 'bare' });
    expect(await take(1)).toEqual(['bare']);
  });

  it('D10 duplicates messages under the same message id', async () => {
    await subscribeQueue();
    controlState.of(test.world).notifications = { duplicate: 2 };
    await sns('Publish', { TopicArn: topicArn, Message: 'm' });
    const ids = (await take(3)).map((body) => envelope(body)['MessageId']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('D10 reorders messages, and all are out within two seconds', async () => {
    await subscribeQueue();
    // Chance alone would leave the order as it is.
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    controlState.of(test.world).notifications = { reorder: true };
    for (const Message of ['1', '2', '3']) {
      await sns('Publish', { TopicArn: topicArn, Message });
      for (const { dueAt } of snsState.of(test.world).deliveries) expect(dueAt - Date.now()).toBeLessThanOrEqual(2000);
    }
    const got = messages(await take(3));
    expect(got.toSorted()).toEqual(['1', '2', '3']);
    expect(got).not.toEqual(['1', '2', '3']);
  });

  it('D10 holds messages until they are released, so that a test can let them arrive late', async () => {
    await subscribeQueue();
    controlState.of(test.world).notifications = { hold: true };
    await sns('Publish', { TopicArn: topicArn, Message: 'm' });
    expect(await take(1, 1)).toEqual([]);
    releaseNotifications(test.world);
    expect(messages(await take(1))).toEqual(['m']);
  });

  it('D10 releases only what a test names, so that it can choose the order', async () => {
    await subscribeQueue();
    controlState.of(test.world).notifications = { hold: true };
    for (const Message of ['the state', 'the token']) await sns('Publish', { TopicArn: topicArn, Message });
    releaseNotifications(test.world, 'token');
    expect(messages(await take(1))).toEqual(['the token']);
    releaseNotifications(test.world);
    expect(messages(await take(1))).toEqual(['the state']);
  });

  it('drops as many messages as asked', async () => {
    await subscribeQueue();
    controlState.of(test.world).notifications = { drop: 1 };
    for (const Message of ['lost', 'kept']) await sns('Publish', { TopicArn: topicArn, Message });
    expect(messages(await take(2, 1))).toEqual(['kept']);
  });

  it('keeps undelivered messages in the state and delivers them after a restart', async () => {
    await subscribeQueue();
    test.stop();
    await sns('Publish', { TopicArn: topicArn, Message: 'm' });
    expect(snsState.of(test.world).deliveries).toHaveLength(1);
    expect(structuredClone(snsState.of(test.world))).toEqual(snsState.of(test.world));
    const { startPump } = await import('./pump.ts');
    const stop = startPump(test.world);
    await expect.poll(() => snsState.of(test.world).deliveries.length).toBe(0);
    stop();
    expect([...sqsState.of(test.world).queues.values()][0]!.messages).toHaveLength(1);
  });
});

describe('delivery over HTTP', () => {
  let server: Server;
  let endpoint: string;
  let answers: number[];
  let requests: { headers: Record<string, unknown>; body: Record<string, string> }[];

  beforeEach(async () => {
    answers = [];
    requests = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        requests.push({ headers: request.headers, body: envelope(body) });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    snsState.of(test.world).retryIntervalMs = 20;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  async function subscribeAndConfirm(): Promise<void> {
    expect(await sns('Subscribe', { TopicArn: topicArn, Protocol: 'http', Endpoint: endpoint })).toEqual({
      SubscriptionArn: 'pending confirmation',
    });
    await expect.poll(() => requests.length).toBe(1);
    const { body } = requests[0]!;
    expect(await verifies(body)).toBe(true);
    const response = await handleSnsHttp({ method: 'GET', url: new URL(body['SubscribeURL']!) }, test.world);
    expect(response.status).toBe(200);
  }

  it('sends nothing before the subscription is confirmed through its signed link, then with the headers that receivers rely on', async () => {
    await sns('Subscribe', { TopicArn: topicArn, Protocol: 'http', Endpoint: endpoint });
    await expect.poll(() => requests.length).toBe(1);
    await sns('Publish', { TopicArn: topicArn, Message: 'too early' });
    await expect.poll(() => snsState.of(test.world).deliveries.length).toBe(0);
    expect(requests).toHaveLength(1);
    requests.length = 0;
    await subscribeAndConfirm();
    const { MessageId } = await sns('Publish', { TopicArn: topicArn, Message: 'm' });
    await expect.poll(() => requests.length).toBe(2);
    const { Subscriptions } = await sns<{ Subscriptions: { SubscriptionArn: string }[] }>('ListSubscriptionsByTopic', {
      TopicArn: topicArn,
    });
    expect(requests[0]!.headers['x-amz-sns-message-type']).toBe('SubscriptionConfirmation');
    expect(requests[1]!.headers).toMatchObject({
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': topicArn,
      'x-amz-sns-subscription-arn': Subscriptions[0]!.SubscriptionArn,
    });
    expect(await verifies(requests[1]!.body)).toBe(true);
  });

  it.each([
    ['retries 5xx and 429, and gives up after the third retry', [500, 429, 503, 500, 200], 4],
    ['stops once it was taken', [503, 200], 2],
    ['takes any other 4xx for final: a webhook that answers 400 has lost the message', [400, 200], 1],
  ])('%s', async (_title, statuses, attempts) => {
    await subscribeAndConfirm();
    requests.length = 0;
    answers = [...statuses];
    await sns('Publish', { TopicArn: topicArn, Message: 'm' });
    await expect.poll(() => snsState.of(test.world).deliveries.length).toBe(0);
    expect(requests).toHaveLength(attempts);
    expect(new Set(requests.map(({ body }) => body['MessageId'])).size).toBe(1);
  });

  it.each(['Unsubscribe', 'the link of a message'])(
    'notifies the endpoint, signed and once, that %s has ended its subscription',
    async (by) => {
      await subscribeAndConfirm();
      await sns('Publish', { TopicArn: topicArn, Message: 'm' });
      await expect.poll(() => requests.length).toBe(2);
      const { headers, body } = requests[1]!;
      if (by === 'Unsubscribe') await sns('Unsubscribe', { SubscriptionArn: headers['x-amz-sns-subscription-arn'] });
      else await handleSnsHttp({ method: 'GET', url: new URL(body['UnsubscribeURL']!) }, test.world);
      await expect.poll(() => requests.length).toBe(3);
      expect(requests[2]!.headers['x-amz-sns-message-type']).toBe('UnsubscribeConfirmation');
      expect(requests[2]!.body).toMatchObject({ Type: 'UnsubscribeConfirmation', TopicArn: topicArn, SubscribeURL: expect.any(String) });
      expect(await verifies(requests[2]!.body)).toBe(true);
      await sns('Publish', { TopicArn: topicArn, Message: 'nobody hears it' });
      await expect.poll(() => snsState.of(test.world).deliveries.length).toBe(0);
      expect(requests).toHaveLength(3);
    },
  );

  it('refuses an unknown token, so that only the receiver of a token can confirm', async () => {
    await sns('Subscribe', { TopicArn: topicArn, Protocol: 'http', Endpoint: endpoint });
    const url = new URL(`http://127.0.0.1:1/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=00`);
    expect((await handleSnsHttp({ method: 'GET', url }, test.world)).status).toBe(400);
  });
});

describe('permissions and refusals', () => {
  const iamMayPublish = (Resource: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: 'iam.amazonaws.com' }, Action: 'SNS:Publish', Resource },
    });

  it('lets an AWS service publish only by the topic policy, else stays silent', async () => {
    expect(publishFromService(test.world, 'iam.amazonaws.com', topicArn, 'm')).toBe(false);
    await sns('SetTopicAttributes', { TopicArn: topicArn, AttributeName: 'Policy', AttributeValue: iamMayPublish(topicArn) });
    expect(publishFromService(test.world, 'iam.amazonaws.com', topicArn, 'm')).toBe(true);
    expect(publishFromService(test.world, 'events.amazonaws.com', topicArn, 'm')).toBe(false);
    expect(publishFromService(test.world, 'iam.amazonaws.com', `${topicArn}x`, 'm')).toBe(false);
  });

  it('keeps other accounts from publishing and from subscribing', async () => {
    const stranger = test.as('444455556666');
    await expect(stranger('sns', 'Publish', { TopicArn: topicArn, Message: 'm' })).rejects.toMatchObject({
      code: 'AuthorizationError',
      status: 403,
    });
    const Endpoint = 'http://127.0.0.1:9/x';
    await expect(stranger('sns', 'Subscribe', { TopicArn: topicArn, Protocol: 'http', Endpoint })).rejects.toMatchObject({
      code: 'AuthorizationError',
    });
  });

  it.each([
    ['CreateTopic', { Name: 'bad name' }, 'InvalidParameter'],
    ['CreateTopic', { Name: 't', Attributes: { DisplayName: 'other' } }, 'InvalidParameter'],
    ['SetTopicAttributes', { AttributeName: 'SignatureVersion', AttributeValue: '3' }, 'InvalidParameter'],
    ['SetTopicAttributes', { AttributeName: 'Policy', AttributeValue: '{' }, 'InvalidParameter'],
    ['Subscribe', { Protocol: 'https', Endpoint: 'http://127.0.0.1/' }, 'InvalidParameter'],
    ['Subscribe', { Protocol: 'sqs', Endpoint: 'http://127.0.0.1/' }, 'InvalidParameter'],
    ['Publish', { Message: 'x'.repeat(262_145) }, 'InvalidParameter'],
    ['Publish', { Message: '' }, 'InvalidParameter'],
    ['Publish', { TopicArn: `arn:aws:sns:us-east-1:${account}:none`, Message: 'm' }, 'NotFound'],
  ])('%s %o is %s', async (operation, input, code) => {
    await expect(sns(operation, { TopicArn: topicArn, ...input })).rejects.toMatchObject({ code });
  });
});
