/** The state of SNS. Times are epoch milliseconds on the real clock: SNS does not follow the delegation clock. */
import { defineState } from '../core/state.ts';

export interface StoredTopic {
  arn: string;
  name: string;
  accountId: string;
  region: string;
  /** As GetTopicAttributes answers them, without the computed ones. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

export type SubscriptionProtocol = 'sqs' | 'http' | 'https';

export interface StoredSubscription {
  arn: string;
  topicArn: string;
  protocol: SubscriptionProtocol;
  endpoint: string;
  /** The account that subscribed. */
  owner: string;
  attributes: Record<string, string>;
  confirmed: boolean;
  /** The token of the confirmation message, until the subscription is confirmed. */
  token?: string;
  tokenExpiresAt?: number;
  authenticateOnUnsubscribe: boolean;
}

export type SnsMessageType = 'SubscriptionConfirmation' | 'UnsubscribeConfirmation' | 'Notification';

/** The signed message, in the order in which SNS writes it; the signature is added on the way out. */
export interface Envelope {
  Type: SnsMessageType;
  MessageId: string;
  Token?: string;
  TopicArn: string;
  Subject?: string;
  Message: string;
  SubscribeURL?: string;
  /** Real time, ISO 8601 with milliseconds. */
  Timestamp: string;
  SignatureVersion: '1' | '2';
  UnsubscribeURL?: string;
  MessageAttributes?: Record<string, { Type: string; Value: string }>;
}

/** One message on its way to one endpoint. */
export interface Delivery {
  subscriptionArn: string;
  protocol: SubscriptionProtocol;
  endpoint: string;
  envelope: Envelope;
  /** Whether the message is sent without the envelope (RawMessageDelivery). */
  raw: boolean;
  /** Where it goes when it cannot be delivered (the subscription's RedrivePolicy). */
  deadLetterArn?: string;
  /** Attempts made so far. */
  attempts: number;
  /** Not before this moment. */
  dueAt: number;
  /** Waits for others, to go out in another order than it came (PUT /_sandbox/notifications). */
  shuffled: boolean;
  /** Kept back until the notifications are released (PUT /_sandbox/notifications). */
  held: boolean;
}

/** The key that signs every message, and the certificate that receivers verify with. */
export interface SigningIdentity {
  id: string;
  privateKeyPem: string;
  certificatePem: string;
}

export interface SnsState {
  /** By topic ARN. */
  topics: Map<string, StoredTopic>;
  /** By subscription ARN. */
  subscriptions: Map<string, StoredSubscription>;
  deliveries: Delivery[];
  signing?: SigningIdentity;
  /** Pause between attempts to an HTTP endpoint; AWS's default is 20 s (SNS Developer Guide, "Message delivery retries"). */
  retryIntervalMs: number;
}

export const snsState = defineState('sns', (): SnsState => ({
  topics: new Map(),
  subscriptions: new Map(),
  deliveries: [],
  retryIntervalMs: 20_000,
}));
