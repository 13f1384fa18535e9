/** Operations on received messages, by receipt handle: deleting them and changing their visibility, one or up to ten at once. */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { openQueue } from './access.ts';
import { missingParameter, receiptHandleIsInvalid } from './errors.ts';
import { optionalInteger, requiredText } from './input.ts';
import { messageIdOf } from './messages.ts';
import type { StoredMessage, StoredQueue } from './state.ts';
import { wakeQueue } from './waiting.ts';

/** The message whose latest receipt handle this is; undefined when it is gone or was received again since. */
function messageOf(queue: StoredQueue, handle: string): StoredMessage | undefined {
  if (messageIdOf(queue, handle) === undefined) throw receiptHandleIsInvalid(handle);
  return queue.messages.find((message) => message.receiptHandle === handle);
}

type OnMessage = (call: Call, queue: StoredQueue, input: Record<string, unknown>) => void;

// API reference, DeleteMessage: deleting what is already gone succeeds, and so does a handle that is no longer the
// latest, although the message then stays.
const deleteOne: OnMessage = (call, queue, input) => {
  const message = messageOf(queue, requiredText(input, 'ReceiptHandle'));
  if (message === undefined) return;
  queue.messages = queue.messages.filter((other) => other !== message);
  call.world.touch();
};

const changeVisibility: OnMessage = (call, queue, input) => {
  const handle = requiredText(input, 'ReceiptHandle');
  const seconds = optionalInteger(input, 'VisibilityTimeout', 0, 43_200);
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  const message = messageOf(queue, handle);
  if (message === undefined || message.visibleAt <= Date.now()) {
    throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
  }
  message.visibleAt = Date.now() + seconds * 1000;
  call.world.touch();
  wakeQueue(call.world, queue.arn);
};

/** Runs one action per entry; a failing entry does not fail the others (API reference, DeleteMessageBatch). */
function batch(permission: string, act: OnMessage): Operation {
  return (input, call) => {
    const queue = openQueue(call, input, permission);
    const entries = Array.isArray(input['Entries']) ? (input['Entries'] as Record<string, unknown>[]) : [];
    if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
    if (entries.length > 10) {
      throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${entries.length}.`);
    }
    const ids = entries.map((entry) => String(entry['Id'] ?? ''));
    const badId = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
    if (badId !== undefined) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (new Set(ids).size < ids.length)
      throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    const Successful: { Id: string }[] = [];
    const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
    for (const [index, entry] of entries.entries()) {
      const Id = ids[index]!;
      try {
        act(call, queue, entry);
        Successful.push({ Id });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id, SenderFault: error.fault === 'Sender', Code: error.code, Message: error.message });
      }
    }
    return { Successful, Failed };
  };
}

const single =
  (permission: string, act: OnMessage): Operation =>
  (input, call) => {
    act(call, openQueue(call, input, permission), input);
    return {};
  };

export const handleOperations: Record<string, Operation> = {
  DeleteMessage: single('DeleteMessage', deleteOne),
  DeleteMessageBatch: batch('DeleteMessage', deleteOne),
  ChangeMessageVisibility: single('ChangeMessageVisibility', changeVisibility),
  ChangeMessageVisibilityBatch: batch('ChangeMessageVisibility', changeVisibility),
};
