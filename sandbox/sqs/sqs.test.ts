import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestWorld, customerAccount as account } from '../fixtures/world.ts';
import type { TestWorld } from '../fixtures/world.ts';
import { deliverFromTopic } from './index.ts';
import { md5OfAttributes } from './digest.ts';

interface Received {
  Messages?: { MessageId: string; ReceiptHandle: string; Body: string; MD5OfBody: string; Attributes?: Record<string, string> }[];
}

let test: TestWorld;
let sqs: (operation: string, input?: Record<string, unknown>) => Promise<Record<string, unknown>>;
let receive: (input?: Record<string, unknown>) => Promise<NonNullable<Received['Messages']>>;
let url: string;

beforeEach(async () => {
  test = createTestWorld();
  sqs = (operation, input) => test.as(account)('sqs', operation, input);
  url = (await sqs('CreateQueue', { QueueName: 'q' }))['QueueUrl'] as string;
  receive = async (input = {}) => ((await sqs('ReceiveMessage', { QueueUrl: url, ...input })) as Received).Messages ?? [];
});
afterEach(() => test.stop());

const send = (body: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
  sqs('SendMessage', { QueueUrl: url, MessageBody: body, ...more });

describe('sending and receiving', () => {
  it('hands a message out once, with the digest by which SDKs check it, and again if it is not deleted in time', async () => {
    await send('hello');
    const [first] = await receive({ VisibilityTimeout: 1, AttributeNames: ['All'] });
    expect(first).toMatchObject({ Body: 'hello', MD5OfBody: createHash('md5').update('hello').digest('hex') });
    expect(first!.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SenderId: account });
    expect(await receive()).toEqual([]);
    const [second] = await receive({ WaitTimeSeconds: 3, MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(second).toMatchObject({ MessageId: first!.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
    await sqs('DeleteMessage', { QueueUrl: url, ReceiptHandle: second!.ReceiptHandle });
    expect(
      await sqs('GetQueueAttributes', {
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    ).toEqual({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    });
  });

  it('keeps a message whose spent receipt handle is deleted: the worker that got it later still has it', async () => {
    await send('hello');
    const [first] = await receive({ VisibilityTimeout: 0 });
    const [second] = await receive();
    await sqs('DeleteMessage', { QueueUrl: url, ReceiptHandle: first!.ReceiptHandle });
    await sqs('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle: second!.ReceiptHandle, VisibilityTimeout: 0 });
    expect(await receive()).toHaveLength(1);
  });

  it('long polling answers when a message comes, not when the wait is over', async () => {
    const started = Date.now();
    const waiting = receive({ WaitTimeSeconds: 20 });
    setTimeout(() => void send('late'), 50);
    expect(await waiting).toHaveLength(1);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('ends waiting calls when the sandbox closes, so that closing never hangs', async () => {
    const started = Date.now();
    const waiting = receive({ WaitTimeSeconds: 20 });
    setTimeout(() => test.stop(), 20);
    expect(await waiting).toEqual([]);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('ends a wait on a queue that was deleted and created again, so that the caller looks at the new queue', async () => {
    const started = Date.now();
    const waiting = receive({ WaitTimeSeconds: 20 });
    await sqs('DeleteQueue', { QueueUrl: url });
    await sqs('CreateQueue', { QueueName: 'q' });
    expect(await waiting).toEqual([]);
    expect(Date.now() - started).toBeLessThan(15_000);
    await send('new');
    expect(await receive()).toHaveLength(1);
  });

  it('moves a message to the dead-letter queue after maxReceiveCount receives', async () => {
    const dlq = (await sqs('CreateQueue', { QueueName: 'dlq' }))['QueueUrl'] as string;
    const { Attributes } = (await sqs('GetQueueAttributes', { QueueUrl: dlq, AttributeNames: ['QueueArn'] })) as {
      Attributes: { QueueArn: string };
    };
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: 2 });
    await sqs('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy } });
    await send('poison');
    await receive({ VisibilityTimeout: 0 });
    await receive({ VisibilityTimeout: 0 });
    expect(await receive()).toEqual([]);
    const { Messages } = (await sqs('ReceiveMessage', { QueueUrl: dlq, AttributeNames: ['DeadLetterQueueSourceArn'] })) as Received;
    expect(Messages?.[0]?.Body).toBe('poison');
    expect(Messages?.[0]?.Attributes?.['DeadLetterQueueSourceArn']).toContain(':q');
  });

  it('answers a batch entry by entry', async () => {
    await send('a');
    const [message] = await receive();
    const answer = await sqs('DeleteMessageBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'good', ReceiptHandle: message!.ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'nonsense' },
      ],
    });
    expect(answer).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
    });
  });

  it('digests message attributes as SQS documents it', () => {
    // The bytes written out by hand: lengths, name, type, transport type, value.
    const bytes = ['00000001', '61', '00000006', Buffer.from('String').toString('hex'), '01', '00000001', '62'].join('');
    const expected = createHash('md5').update(Buffer.from(bytes, 'hex')).digest('hex');
    expect(md5OfAttributes({ a: { DataType: 'String', StringValue: 'b' } })).toBe(expected);
  });
});

describe('refusals', () => {
  it.each([
    ['GetQueueAttributes', { QueueUrl: 'http://127.0.0.1:1/111122223333/none' }, 'QueueDoesNotExist'],
    ['GetQueueUrl', { QueueName: 'none' }, 'QueueDoesNotExist'],
    ['CreateQueue', { QueueName: 'bad name' }, 'InvalidParameterValue'],
    ['CreateQueue', { QueueName: 'q', Attributes: { VisibilityTimeout: '77' } }, 'QueueNameExists'],
    ['CreateQueue', { QueueName: 'r', Attributes: { VisibilityTimeout: '43201' } }, 'InvalidAttributeValue'],
    ['CreateQueue', { QueueName: 'r', Attributes: { Colour: 'red' } }, 'InvalidAttributeName'],
    [
      'CreateQueue',
      {
        QueueName: 'r',
        Attributes: { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:x","maxReceiveCount":3}' },
      },
      'InvalidParameterValue',
    ],
    ['SendMessage', {}, 'MissingParameter'],
    ['SendMessage', { MessageBody: '\u0001' }, 'InvalidMessageContents'],
    ['ReceiveMessage', { MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { WaitTimeSeconds: 21 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { AttributeNames: ['Nonsense'] }, 'InvalidAttributeName'],
    ['DeleteMessage', { ReceiptHandle: 'nonsense' }, 'ReceiptHandleIsInvalid'],
    ['DeleteMessageBatch', { Entries: [] }, 'EmptyBatchRequest'],
  ])('%s %j is %s, as the product would meet it in AWS', async (operation, input, code) => {
    await expect(sqs(operation, { QueueUrl: url, ...input })).rejects.toMatchObject({ code });
  });

  it('refuses other accounts unless the queue policy allows them', async () => {
    const other = (): Promise<unknown> => test.as('444455556666')('sqs', 'SendMessage', { QueueUrl: url, MessageBody: 'x' });
    await expect(other()).rejects.toMatchObject({ code: 'AccessDeniedException' });
    const Policy = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'sqs:SendMessage', Resource: '*' },
    });
    await sqs('SetQueueAttributes', { QueueUrl: url, Attributes: { Policy } });
    await expect(other()).resolves.toBeDefined();
  });

  it('drops what a topic sends when the queue policy names another topic', async () => {
    const queueArn = `arn:aws:sqs:us-east-1:${account}:q`;
    const topicArn = `arn:aws:sns:us-east-1:${account}:t`;
    const Policy = JSON.stringify({
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    });
    expect(deliverFromTopic(test.world, { queueArn, topicArn, body: 'x' })).toBe(false);
    await sqs('SetQueueAttributes', { QueueUrl: url, Attributes: { Policy } });
    expect(deliverFromTopic(test.world, { queueArn, topicArn, body: 'x' })).toBe(true);
    expect(deliverFromTopic(test.world, { queueArn, topicArn: `${topicArn}2`, body: 'x' })).toBe(false);
    expect(await receive()).toHaveLength(1);
  });
});
