/** A queue's messages: adding, taking, dead letters, retention. No permissions here; the operations ask for them. */
import { randomUUID } from 'node:crypto';
import type { World } from '../core/world.ts';
import { redrivePolicyOf } from './attributes.ts';
import { sqsState } from './state.ts';
import type { MessageAttributeValue, StoredMessage, StoredQueue } from './state.ts';
import { wakeQueue } from './waiting.ts';

export interface NewMessage {
  body: string;
  messageAttributes: Record<string, MessageAttributeValue>;
  senderId: string;
  delaySeconds: number;
}

export function addMessage(world: World, queue: StoredQueue, message: NewMessage): StoredMessage {
  const now = Date.now();
  const stored: StoredMessage = {
    id: randomUUID(),
    body: message.body,
    messageAttributes: message.messageAttributes,
    senderId: message.senderId,
    sentAt: now,
    receiveCount: 0,
    visibleAt: now + message.delaySeconds * 1000,
  };
  queue.messages.push(stored);
  world.touch();
  wakeQueue(world, queue.arn);
  return stored;
}

/** Drops what is older than the queue's retention period. */
export function dropExpired(queue: StoredQueue): void {
  const oldest = Date.now() - Number(queue.attributes['MessageRetentionPeriod']) * 1000;
  if (queue.messages.some((message) => message.sentAt < oldest)) {
    queue.messages = queue.messages.filter((message) => message.sentAt >= oldest);
  }
}

/** Hands out up to `limit` visible messages, each hidden for `visibilitySeconds`; those received too often go to the dead-letter queue instead. */
export function takeMessages(world: World, queue: StoredQueue, limit: number, visibilitySeconds: number): StoredMessage[] {
  dropExpired(queue);
  const now = Date.now();
  const taken: StoredMessage[] = [];
  for (const message of [...queue.messages]) {
    if (taken.length === limit) break;
    if (message.visibleAt > now || moveDeadLetter(world, queue, message)) continue;
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    message.visibleAt = now + visibilitySeconds * 1000;
    message.receiptHandle = makeReceiptHandle(queue, message);
    taken.push(message);
  }
  if (taken.length > 0) world.touch();
  return taken;
}

/** When the next hidden message shows itself, epoch milliseconds; undefined when none is hidden. */
export function nextVisibleAt(queue: StoredQueue): number | undefined {
  const times = queue.messages.map((message) => message.visibleAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

// SQS Developer Guide, "Using dead-letter queues": a message moves when its receive count exceeds maxReceiveCount, and
// keeps its id and its original enqueue time.
function moveDeadLetter(world: World, queue: StoredQueue, message: StoredMessage): boolean {
  const policy = redrivePolicyOf(queue.attributes);
  if (policy === undefined || message.receiveCount < policy.maxReceiveCount) return false;
  const target = sqsState.of(world).queues.get(policy.deadLetterTargetArn);
  if (target === undefined) return false;
  queue.messages = queue.messages.filter((other) => other !== message);
  const { receiptHandle: _spent, ...kept } = message;
  target.messages.push({ ...kept, deadLetterSourceArn: queue.arn, visibleAt: Date.now() });
  world.touch();
  wakeQueue(world, target.arn);
  return true;
}

function makeReceiptHandle(queue: StoredQueue, message: StoredMessage): string {
  return Buffer.from([queue.arn, message.id, randomUUID()].join(' ')).toString('base64');
}

/** The message id in a receipt handle of this queue; undefined when the handle is not one of this queue's. */
export function messageIdOf(queue: StoredQueue, receiptHandle: string): string | undefined {
  const [arn, id, nonce] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
  return arn === queue.arn && nonce !== undefined ? id : undefined;
}
