import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { openQueue } from './access.ts';
import { checkAttributes } from './attributes.ts';
import { textList, textMap } from './input.ts';
import { dropExpired } from './messages.ts';
import { sqsState } from './state.ts';
import type { StoredQueue } from './state.ts';

/** Known names that a queue may lack; asking for one answers nothing, any other name is an error. */
const optional = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds']);

function computedAttributes(queue: StoredQueue): Record<string, string> {
  dropExpired(queue);
  const now = Date.now();
  const hidden = queue.messages.filter((message) => message.visibleAt > now);
  const inFlight = hidden.filter((message) => message.receiptHandle !== undefined).length;
  return {
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    ApproximateNumberOfMessages: String(queue.messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(hidden.length - inFlight),
  };
}

const getQueueAttributes: Operation = (input, call) => {
  const queue = openQueue(call, input, 'GetQueueAttributes');
  const names = textList(input['AttributeNames']);
  const all: Record<string, string> = { ...computedAttributes(queue), ...queue.attributes };
  if (names.includes('All')) return { Attributes: all };
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = all[name];
    if (value !== undefined) picked[name] = value;
    else if (!optional.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  return { Attributes: picked };
};

const setQueueAttributes: Operation = (input, call) => {
  const queue = openQueue(call, input, 'SetQueueAttributes');
  const attributes = textMap(input['Attributes']);
  checkAttributes(attributes, sqsState.of(call.world));
  for (const [name, value] of Object.entries(attributes)) {
    // An empty policy removes it.
    if (value === '') delete queue.attributes[name];
    else queue.attributes[name] = value;
  }
  queue.modifiedAt = Date.now();
  call.world.touch();
  return {};
};

const listQueueTags: Operation = (input, call) => ({ Tags: openQueue(call, input, 'ListQueueTags').tags });

export const queueAttributeOperations: Record<string, Operation> = {
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  ListQueueTags: listQueueTags,
};
