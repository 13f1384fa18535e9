import { randomUUID } from 'node:crypto';
import type { Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { serviceMayUse } from '../resource-policy/index.ts';
import { invalidParameter } from './errors.ts';
import { optionalText, requiredText } from './input.ts';
import { sendNotifications } from './notifications.ts';
import { snsState } from './state.ts';
import type { Envelope, StoredTopic } from './state.ts';
import { openTopic } from './topics.ts';

/** Bytes (API reference, Publish). */
const maxMessageSize = 262_144;

const publish: Operation = (input, call) => {
  const arn = optionalText(input, 'TopicArn') ?? optionalText(input, 'TargetArn');
  if (arn === undefined) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
  const topic = openTopic(call, arn, 'Publish');
  const message = requiredText(input, 'Message');
  if (Buffer.byteLength(message) > maxMessageSize) throw invalidParameter('Message too long');
  if (optionalText(input, 'MessageStructure') !== undefined) throw invalidParameter('MessageStructure is not supported here');
  const subject = optionalText(input, 'Subject');
  // API reference, Publish: ASCII, at most 100 characters, no line breaks, beginning with a letter, number or punctuation.
  if (subject !== undefined && !/^[!-~][ -~]{0,99}$/.test(subject)) throw invalidParameter('Subject');
  return { MessageId: send(call.world, topic, message, subject, attributesOf(input['MessageAttributes'])) };
};

/**
 * Publishes as an AWS service. No source keys are set, because none are documented for IAM's notifications.
 * @returns false when the topic is missing or its policy does not let the service publish: AWS then says nothing.
 */
export function publishFromService(world: World, service: string, topicArn: string, message: string): boolean {
  const topic = snsState.of(world).topics.get(topicArn);
  if (topic === undefined) return false;
  const request = { service, action: 'sns:Publish', arn: topicArn, policy: topic.attributes['Policy'] };
  if (!serviceMayUse(world, request)) return false;
  send(world, topic, message, undefined, undefined);
  return true;
}

function send(
  world: World,
  topic: StoredTopic,
  message: string,
  subject: string | undefined,
  attributes: Envelope['MessageAttributes'],
): string {
  const envelope: Envelope = {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topic.arn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: topic.attributes['SignatureVersion'] === '2' ? '2' : '1',
    ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
  };
  sendNotifications(world, envelope);
  return envelope.MessageId;
}

interface AttributeInput {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

function attributesOf(value: unknown): Envelope['MessageAttributes'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value as Record<string, AttributeInput>).map(([name, attribute]) => [
    name,
    { Type: attribute.DataType, Value: attribute.StringValue ?? attribute.BinaryValue ?? '' },
  ]);
  return Object.fromEntries(entries) as Envelope['MessageAttributes'];
}

export const publishOperations: Record<string, Operation> = { Publish: publish };
