import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { partitionOf } from '../core/regions.ts';
import { authorizeResource } from '../resource-policy/index.ts';
import { openQueue } from './access.ts';
import { checkAttributes, initialAttributes } from './attributes.ts';
import { queueDoesNotExist } from './errors.ts';
import { optionalInteger, requiredText, textMap } from './input.ts';
import { sqsState } from './state.ts';
import type { StoredQueue } from './state.ts';
import { wakeQueue } from './waiting.ts';

const queueArn = (region: string, accountId: string, name: string): string =>
  `arn:${partitionOf(region)}:sqs:${region}:${accountId}:${name}`;

/** Creates a queue, or answers the URL of an equal one (SQS API, CreateQueue: any other attribute value is QueueNameExists). */
const createQueue: Operation = (input, call) => {
  const name = requiredText(input, 'QueueName');
  if (name.endsWith('.fifo')) throw new AwsError('UnsupportedOperation', 'The sandbox has standard queues only.');
  if (!/^[\w-]{1,80}$/.test(name)) {
    throw new AwsError('InvalidParameterValue', 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.');
  }
  const { accountId } = call.caller;
  const { queues } = sqsState.of(call.world);
  const arn = queueArn(call.region, accountId, name);
  call.authorize('sqs:CreateQueue', arn);
  const attributes = textMap(input['Attributes']);
  checkAttributes(attributes, sqsState.of(call.world));
  const existing = queues.get(arn);
  if (existing !== undefined) {
    for (const [key, value] of Object.entries(attributes)) {
      if ((existing.attributes[key] ?? '') !== value) {
        throw new AwsError('QueueNameExists', `A queue already exists with the same name and a different value for attribute ${key}`);
      }
    }
    return { QueueUrl: existing.url };
  }
  const now = Date.now();
  const queue: StoredQueue = {
    arn,
    url: `${call.world.baseUrl}/${accountId}/${name}`,
    name,
    accountId,
    region: call.region,
    createdAt: now,
    modifiedAt: now,
    attributes: { ...initialAttributes(), ...attributes },
    tags: textMap(input['tags']),
    messages: [],
  };
  queues.set(arn, queue);
  call.world.touch();
  return { QueueUrl: queue.url };
};

const deleteQueue: Operation = (input, call) => {
  const queue = openQueue(call, input, 'DeleteQueue');
  sqsState.of(call.world).queues.delete(queue.arn);
  call.world.touch();
  wakeQueue(call.world, queue.arn);
  return {};
};

const getQueueUrl: Operation = (input, call) => {
  const owner = input['QueueOwnerAWSAccountId'];
  const accountId = typeof owner === 'string' && owner !== '' ? owner : call.caller.accountId;
  const queue = sqsState.of(call.world).queues.get(queueArn(call.region, accountId, requiredText(input, 'QueueName')));
  if (queue === undefined) throw queueDoesNotExist();
  authorizeResource(call, {
    action: 'sqs:GetQueueUrl',
    arn: queue.arn,
    ownerAccountId: queue.accountId,
    policy: queue.attributes['Policy'],
  });
  return { QueueUrl: queue.url };
};

const listQueues: Operation = (input, call) => {
  const { accountId } = call.caller;
  call.authorize('sqs:ListQueues', queueArn(call.region, accountId, '*'));
  const prefix = typeof input['QueueNamePrefix'] === 'string' ? input['QueueNamePrefix'] : '';
  const limit = optionalInteger(input, 'MaxResults', 1, 1000);
  const from = typeof input['NextToken'] === 'string' ? Number(Buffer.from(input['NextToken'], 'base64').toString()) : 0;
  const urls = [...sqsState.of(call.world).queues.values()]
    .filter((queue) => queue.accountId === accountId && queue.region === call.region && queue.name.startsWith(prefix))
    .map((queue) => queue.url)
    .sort();
  const to = from + (limit ?? 1000);
  // SQS pages only when MaxResults is given (API reference, ListQueues).
  const next = limit !== undefined && to < urls.length ? Buffer.from(String(to)).toString('base64') : undefined;
  return { QueueUrls: urls.slice(from, to), ...(next === undefined ? {} : { NextToken: next }) };
};

const purgeQueue: Operation = (input, call) => {
  const queue = openQueue(call, input, 'PurgeQueue');
  // API reference, PurgeQueue: one purge in 60 seconds.
  if (queue.lastPurgeAt !== undefined && Date.now() - queue.lastPurgeAt < 60_000) {
    throw new AwsError('PurgeQueueInProgress', `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`, 403);
  }
  queue.messages = [];
  queue.lastPurgeAt = Date.now();
  call.world.touch();
  return {};
};

export const queueOperations: Record<string, Operation> = {
  CreateQueue: createQueue,
  DeleteQueue: deleteQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
};
