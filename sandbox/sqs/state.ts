/** The state of SQS. Times are epoch milliseconds on the real clock: queues do not follow the delegation clock. */
import { defineState } from '../core/state.ts';

export interface MessageAttributeValue {
  DataType: string;
  StringValue?: string;
  /** Base64, as the JSON protocol carries it. */
  BinaryValue?: string;
}

export interface StoredMessage {
  id: string;
  body: string;
  messageAttributes: Record<string, MessageAttributeValue>;
  /** AROA…/AIDA… of the sender, or the account id of an AWS service that sent on its behalf. */
  senderId: string;
  sentAt: number;
  firstReceivedAt?: number;
  receiveCount: number;
  /** Not handed out before this moment. */
  visibleAt: number;
  /** The handle of the latest receive, the only handle that may change the message's visibility. */
  receiptHandle?: string;
  /** The queue that this dead letter comes from. */
  deadLetterSourceArn?: string;
}

export interface StoredQueue {
  arn: string;
  url: string;
  name: string;
  accountId: string;
  region: string;
  createdAt: number;
  modifiedAt: number;
  /** As GetQueueAttributes answers them, without the computed ones. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  /** Oldest first. */
  messages: StoredMessage[];
  lastPurgeAt?: number;
}

export interface SqsState {
  /** By queue ARN. */
  queues: Map<string, StoredQueue>;
}

export const sqsState = defineState('sqs', (): SqsState => ({ queues: new Map() }));
