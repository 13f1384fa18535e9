/** One attempt to deliver one message. */
import type { World } from '../core/world.ts';
import { deliverFromTopic } from '../sqs/index.ts';
import { signedBody, signingIdentity } from './signature.ts';
import type { Delivery } from './state.ts';

/** AWS waits this long for an HTTP endpoint's answer (SNS Developer Guide, "Message delivery retries"). */
const timeoutMs = 15_000;

/** done: arrived. refused: never again. retry: later, if attempts are left. */
export type Outcome = 'done' | 'refused' | 'retry';

export async function deliver(world: World, delivery: Delivery): Promise<Outcome> {
  const body = await bodyOf(world, delivery);
  return delivery.protocol === 'sqs' ? toQueue(world, delivery, body) : toHttp(delivery, body);
}

/** Gives up: the message goes to the subscription's dead-letter queue, if there is one. */
export async function giveUp(world: World, delivery: Delivery): Promise<void> {
  if (delivery.deadLetterArn === undefined) return;
  const body = await bodyOf(world, delivery);
  deliverFromTopic(world, { queueArn: delivery.deadLetterArn, topicArn: delivery.envelope.TopicArn, body });
}

async function bodyOf(world: World, { envelope, raw }: Delivery): Promise<string> {
  return raw ? envelope.Message : signedBody(envelope, await signingIdentity(world), world.baseUrl);
}

function toQueue(world: World, { endpoint, envelope, raw }: Delivery, body: string): Outcome {
  const attributes = raw ? envelope.MessageAttributes : undefined;
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, { Type, Value }]) => [
      name,
      Type.startsWith('Binary') ? { DataType: Type, BinaryValue: Value } : { DataType: Type, StringValue: Value },
    ]),
  );
  const accepted = deliverFromTopic(world, { queueArn: endpoint, topicArn: envelope.TopicArn, body, messageAttributes });
  // A missing queue and a refusing policy are client-side errors, which SNS does not retry (SNS Developer Guide,
  // "Message delivery retries").
  return accepted ? 'done' : 'refused';
}

async function toHttp({ endpoint, envelope, raw, subscriptionArn }: Delivery, body: string): Promise<Outcome> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': envelope.Type,
        'x-amz-sns-message-id': envelope.MessageId,
        'x-amz-sns-topic-arn': envelope.TopicArn,
        ...(envelope.Type === 'SubscriptionConfirmation' ? {} : { 'x-amz-sns-subscription-arn': subscriptionArn }),
        ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      },
      body,
    });
    await response.body?.cancel();
    if (response.ok) return 'done';
    // SNS Developer Guide: 4xx other than 429 are permanent failures.
    return response.status >= 400 && response.status < 500 && response.status !== 429 ? 'refused' : 'retry';
  } catch {
    return 'retry';
  }
}
