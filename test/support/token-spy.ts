import { randomUUID } from 'node:crypto';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { MUSTER_ACCOUNT, NOTIFICATION_TOPIC_ARN } from '../../dev/partner/muster.ts';

/**
 * Reads along on our own notification topic, as the administrator of our account could, to learn the exchange token
 * that must be found nowhere else.
 */
export async function spyOnTokens(endpoint: string): Promise<() => Promise<string>> {
  const client = { endpoint, region: 'us-east-1', credentials: { accessKeyId: MUSTER_ACCOUNT, secretAccessKey: 'any' } };
  const sqs = new SQSClient(client);
  const sns = new SNSClient(client);
  // A queue of its own: an earlier spy's queue still holds the token that it read.
  const QueueName = `token-spy-${randomUUID()}`;
  const queueArn = `arn:aws:sqs:us-east-1:${MUSTER_ACCOUNT}:${QueueName}`;
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn }],
  };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { Policy: JSON.stringify(policy) } }));
  await sns.send(new SubscribeCommand({ TopicArn: NOTIFICATION_TOPIC_ARN, Protocol: 'sqs', Endpoint: queueArn }));
  return async () => {
    for (let looks = 0; looks < 20; looks += 1) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MaxNumberOfMessages: 10 }));
      for (const message of Messages ?? []) {
        const { Message } = JSON.parse(message.Body!) as { Message: string };
        const body = JSON.parse(Message) as { ExchangeToken?: string };
        if (body.ExchangeToken) {
          sqs.destroy();
          sns.destroy();
          return body.ExchangeToken;
        }
      }
    }
    throw new Error('No exchange token went over the topic');
  };
}
