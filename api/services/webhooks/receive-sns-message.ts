import { acceptNotification, type Acceptance } from '../../../notifications/accept.ts';
import { believe } from '../../../notifications/webhook/believe.ts';
import { confirmSubscription } from '../../../notifications/webhook/confirm-subscription.ts';
import type { Call } from '../../context.ts';
import { unavailable } from '../../problems/errors.ts';
import { recordSubscription } from './record-subscription.ts';
import { translateRefusals } from './translate-refusals.ts';

/** The result of a message. `subscribed` and `unsubscribed` are for the confirmation messages of SNS. */
export type WebhookOutcome = Acceptance | 'subscribed' | 'unsubscribed';

/**
 * Verifies a message that was posted to the webhook, and accepts it like a message from the queue: inbox row, signal, mark
 * (S4). Throws the code of the refusal: SNS retries codes with a 5xx status, and drops the message for others.
 */
export async function receiveSnsMessage(call: Omit<Call, 'actor'>, body: string): Promise<WebhookOutcome> {
  const { database, sealer, log, webhook } = call.deps;
  const { trust, signals, limits } = webhook;
  if (!trust) {
    throw unavailable(
      'webhook_not_configured',
      'The webhook accepts no messages, because no topic is configured. Set MUSTER_NOTIFICATION_TOPIC_ARN for the API.',
    );
  }
  return await translateRefusals(call, async () => {
    const message = await believe(trust, body, () => limits.takeForged());
    switch (message.Type) {
      case 'Notification': {
        const { MessageId: messageId, TopicArn: topicArn, Message } = message;
        const dependencies = { db: database.db, sealer, signals, topicArn: trust.topicArn, logger: log };
        const acceptance = await acceptNotification(dependencies, 'webhook', { messageId, topicArn, message: Message });
        log.info({ messageId, acceptance, requestId: call.requestId }, 'received a delegation notification');
        return acceptance;
      }
      case 'SubscriptionConfirmation':
        await confirmSubscription(trust, message);
        await recordSubscription(call, 'subscribed', message.MessageId, trust.topicArn);
        return 'subscribed';
      case 'UnsubscribeConfirmation':
        // SubscribeURL would subscribe the webhook again. The removal was intended, or an operator finds it in the audit
        // trail.
        log.warn({ messageId: message.MessageId }, 'the subscription of the webhook was removed, so the topic sends it no more messages');
        await recordSubscription(call, 'unsubscribed', message.MessageId, trust.topicArn);
        return 'unsubscribed';
    }
  });
}
