/** Amazon SQS: standard queues, long polling, dead letters, queue policies. JSON 1.0, as the service speaks since 2023. */
import type { ServiceModule } from '../core/service.ts';
import { handleOperations } from './handles.ts';
import { queueAttributeOperations } from './queue-attributes.ts';
import { queueOperations } from './queues.ts';
import { receiveOperations } from './receive.ts';
import { sendOperations } from './send.ts';
import { startWaiting } from './waiting.ts';
import { sqsState } from './state.ts';

export { deliverFromTopic } from './deliver.ts';
export type { TopicMessage } from './deliver.ts';

export const service: ServiceModule = {
  service: 'sqs',
  protocol: 'json',
  version: 'AmazonSQS',
  state: [sqsState],
  operations: { ...queueOperations, ...queueAttributeOperations, ...sendOperations, ...receiveOperations, ...handleOperations },
  start: startWaiting,
};
