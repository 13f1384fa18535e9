import type { Call } from '../core/service.ts';
import { authorizeResource } from '../resource-policy/index.ts';
import { queueDoesNotExist } from './errors.ts';
import { requiredText } from './input.ts';
import { sqsState } from './state.ts';
import type { StoredQueue } from './state.ts';

/**
 * Finds the queue of `QueueUrl` and checks that the caller may do `action` on it, by its own or by the queue's policy.
 * @throws AwsError QueueDoesNotExist, AccessDenied, MissingParameter.
 */
export function openQueue(call: Call, input: Record<string, unknown>, action: string): StoredQueue {
  const queue = findByUrl(call, requiredText(input, 'QueueUrl'));
  authorizeResource(call, {
    action: `sqs:${action}`,
    arn: queue.arn,
    ownerAccountId: queue.accountId,
    policy: queue.attributes['Policy'],
  });
  return queue;
}

/**
 * The region is the call's, because the sandbox's queue URLs hold account and name only. The host is not compared: one
 * machine is reached under several names.
 */
function findByUrl(call: Call, url: string): StoredQueue {
  const [accountId, name] = URL.canParse(url) ? new URL(url).pathname.split('/').slice(-2) : [];
  const queue = [...sqsState.of(call.world).queues.values()].find(
    (candidate) => candidate.accountId === accountId && candidate.name === name && candidate.region === call.region,
  );
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
}
