import { randomUUID } from 'node:crypto';
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
  type Subscription,
} from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { MUSTER_ACCOUNT, NOTIFICATION_TOPIC_ARN, notificationQueueUrl } from '../../dev/partner/muster.ts';

export const topicArn = NOTIFICATION_TOPIC_ARN;

/** Actions of the administrator of Muster's own account on the notification topic and its queue. */
export interface NotificationTopic {
  /** Publishes a message as IAM would; answers its SNS message id. */
  publish(message: Record<string, unknown>): Promise<string>;
  /** Puts an envelope into our queue, as old as it says. */
  enqueue(message: Record<string, unknown>, timestamp: Date): Promise<string>;
  subscribe(webhookUrl: string, topic?: string): Promise<void>;
  unsubscribe(protocol: 'http' | 'sqs'): Promise<void>;
  subscriptions(topic?: string): Promise<Subscription[]>;
  createOtherTopic(): Promise<string>;
  close(): void;
}

export function openNotificationTopic(endpoint: string): NotificationTopic {
  const client = { endpoint, region: 'us-east-1', credentials: { accessKeyId: MUSTER_ACCOUNT, secretAccessKey: 'any' } };
  const sns = new SNSClient(client);
  const sqs = new SQSClient(client);
  const subscriptions = async (topic = topicArn) =>
    (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }))).Subscriptions ?? [];
  return {
    subscriptions,
    async publish(message) {
      const { MessageId } = await sns.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(message) }));
      return MessageId!;
    },
    async enqueue(message, timestamp) {
      const MessageId = randomUUID();
      const envelope = {
        Type: 'Notification',
        MessageId,
        TopicArn: topicArn,
        Message: JSON.stringify(message),
        Timestamp: timestamp.toISOString(),
      };
      await sqs.send(new SendMessageCommand({ QueueUrl: notificationQueueUrl(endpoint), MessageBody: JSON.stringify(envelope) }));
      return MessageId;
    },
    async subscribe(webhookUrl, topic = topicArn) {
      await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint: webhookUrl }));
    },
    async unsubscribe(protocol) {
      for (const subscription of await subscriptions()) {
        if (subscription.Protocol !== protocol) continue;
        await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription.SubscriptionArn }));
      }
    },
    async createOtherTopic() {
      return (await sns.send(new CreateTopicCommand({ Name: 'another-topic' }))).TopicArn!;
    },
    close() {
      sns.destroy();
      sqs.destroy();
    },
  };
}
