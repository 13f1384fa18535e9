import type { World } from '../core/world.ts';
import { serviceMayUse } from '../resource-policy/index.ts';
import { addMessage } from './messages.ts';
import { sqsState } from './state.ts';
import type { MessageAttributeValue } from './state.ts';

/** One message that SNS puts into a queue. */
export interface TopicMessage {
  queueArn: string;
  topicArn: string;
  body: string;
  messageAttributes?: Record<string, MessageAttributeValue>;
}

/**
 * Puts a message into a queue on behalf of sns.amazonaws.com. The queue's policy must allow it, usually with
 * aws:SourceArn (SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic").
 * @returns false when the queue does not exist or its policy does not allow it.
 */
export function deliverFromTopic(world: World, message: TopicMessage): boolean {
  const queue = sqsState.of(world).queues.get(message.queueArn);
  if (queue === undefined) return false;
  const topicAccount = message.topicArn.split(':')[4] ?? '';
  const allowed = serviceMayUse(world, {
    service: 'sns.amazonaws.com',
    action: 'sqs:SendMessage',
    arn: queue.arn,
    policy: queue.attributes['Policy'],
    sourceArn: message.topicArn,
    sourceAccount: topicAccount,
  });
  if (!allowed) return false;
  addMessage(world, queue, {
    body: message.body,
    messageAttributes: message.messageAttributes ?? {},
    senderId: topicAccount,
    delaySeconds: Number(queue.attributes['DelaySeconds']),
  });
  return true;
}
