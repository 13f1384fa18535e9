import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { openQueue } from './access.ts';
import { md5OfAttributes, md5OfBody } from './digest.ts';
import { optionalInteger, textList } from './input.ts';
import { nextVisibleAt, takeMessages } from './messages.ts';
import { sqsState } from './state.ts';
import type { MessageAttributeValue, StoredMessage } from './state.ts';
import { isStopped, waitForMessage } from './waiting.ts';

const systemAttributes: Record<string, (message: StoredMessage) => string | undefined> = {
  ApproximateFirstReceiveTimestamp: (message) => String(message.firstReceivedAt),
  ApproximateReceiveCount: (message) => String(message.receiveCount),
  DeadLetterQueueSourceArn: (message) => message.deadLetterSourceArn,
  SenderId: (message) => message.senderId,
  SentTimestamp: (message) => String(message.sentAt),
};

/** Known names that a standard queue's messages never have. */
const neverSet = new Set(['AWSTraceHeader', 'MessageDeduplicationId', 'MessageGroupId', 'SequenceNumber']);

/** Receives up to ten messages; with a wait (long polling) it answers as soon as there is one, or empty when the wait is over. */
const receiveMessage: Operation = async (input, call) => {
  const { world } = call;
  const queue = openQueue(call, input, 'ReceiveMessage');
  const limit = optionalInteger(input, 'MaxNumberOfMessages', 1, 10) ?? 1;
  const waitSeconds = optionalInteger(input, 'WaitTimeSeconds', 0, 20) ?? Number(queue.attributes['ReceiveMessageWaitTimeSeconds']);
  const visibility = optionalInteger(input, 'VisibilityTimeout', 0, 43_200) ?? Number(queue.attributes['VisibilityTimeout']);
  const systemNames = checkSystemNames([...textList(input['AttributeNames']), ...textList(input['MessageSystemAttributeNames'])]);
  const attributeNames = textList(input['MessageAttributeNames']);
  const deadline = Date.now() + waitSeconds * 1000;
  let taken = takeMessages(world, queue, limit, visibility);
  // A queue that was deleted or created again during the wait returns nothing.
  // A client that has disconnected must not receive a message, which would stay hidden for the visibility timeout.
  while (
    taken.length === 0 &&
    Date.now() < deadline &&
    !call.signal?.aborted &&
    !isStopped(world) &&
    sqsState.of(world).queues.get(queue.arn) === queue
  ) {
    const until = Math.min(deadline, nextVisibleAt(queue) ?? deadline);
    await waitForMessage(world, queue.arn, Math.max(1, until - Date.now()), call.signal);
    if (call.signal?.aborted) break;
    taken = takeMessages(world, queue, limit, visibility);
  }
  // An empty answer has no Messages member.
  return taken.length === 0 ? {} : { Messages: taken.map((message) => view(message, systemNames, attributeNames)) };
};

function checkSystemNames(names: string[]): Set<string> {
  for (const name of names) {
    if (name !== 'All' && !(name in systemAttributes) && !neverSet.has(name)) {
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
  }
  return new Set(names.includes('All') ? Object.keys(systemAttributes) : names);
}

function view(message: StoredMessage, systemNames: Set<string>, attributeNames: string[]): Record<string, unknown> {
  const attributes: Record<string, string> = {};
  for (const name of systemNames) {
    const value = systemAttributes[name]?.(message);
    if (value !== undefined) attributes[name] = value;
  }
  const messageAttributes = pickAttributes(message.messageAttributes, attributeNames);
  const attributesDigest = md5OfAttributes(messageAttributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    ...(Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }),
    ...(attributesDigest === undefined ? {} : { MD5OfMessageAttributes: attributesDigest, MessageAttributes: messageAttributes }),
  };
}

function pickAttributes(attributes: Record<string, MessageAttributeValue>, names: string[]): Record<string, MessageAttributeValue> {
  const wanted = (name: string): boolean =>
    names.some((pattern) => pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted(name)));
}

export const receiveOperations: Record<string, Operation> = { ReceiveMessage: receiveMessage };
