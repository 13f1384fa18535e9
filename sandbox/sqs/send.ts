import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { openQueue } from './access.ts';
import { md5OfAttributes, md5OfBody } from './digest.ts';
import { optionalInteger, requiredText } from './input.ts';
import { addMessage } from './messages.ts';
import type { MessageAttributeValue } from './state.ts';

// SQS API reference, SendMessage: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.
const allowedBody = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

const sendMessage: Operation = (input, call) => {
  const queue = openQueue(call, input, 'SendMessage');
  const body = requiredText(input, 'MessageBody');
  if (!allowedBody.test(body)) throw new AwsError('InvalidMessageContents', 'Invalid characters found.');
  const messageAttributes = (input['MessageAttributes'] ?? {}) as Record<string, MessageAttributeValue>;
  if (Object.keys(messageAttributes).length > 10) {
    throw new AwsError('InvalidParameterValue', 'Number of message attributes exceeds the allowed maximum [10].');
  }
  const limit = Number(queue.attributes['MaximumMessageSize']);
  const attributeBytes = Object.entries(messageAttributes).reduce(
    (sum, [name, value]) => sum + name.length + value.DataType.length + (value.StringValue ?? value.BinaryValue ?? '').length,
    0,
  );
  if (Buffer.byteLength(body) + attributeBytes > limit) {
    throw new AwsError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  }
  const message = addMessage(call.world, queue, {
    body,
    messageAttributes,
    senderId: call.caller.userId,
    delaySeconds: optionalInteger(input, 'DelaySeconds', 0, 900) ?? Number(queue.attributes['DelaySeconds']),
  });
  const attributesDigest = md5OfAttributes(messageAttributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5OfBody(body),
    ...(attributesDigest === undefined ? {} : { MD5OfMessageAttributes: attributesDigest }),
  };
};

export const sendOperations: Record<string, Operation> = { SendMessage: sendMessage };
