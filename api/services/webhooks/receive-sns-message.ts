import { acceptNotification, type Acceptance } from '../../../notifications/accept.ts';
import { believe } from '../../../notifications/webhook/believe.ts';
import { confirmSubscription } from '../../../notifications/webhook/confirm-subscription.ts';
import type { Call } from '../../context.ts';
import { unavailable } from '../../problems/errors.ts';
import { recordSubscription } from './record-subscription.ts';
import { refusing } from './refusing.ts';

/** What became of a message; `subscribed` and `unsubscribed` tell of SNS's own two. */
export type WebhookOutcome = Acceptance | 'subscribed' | 'unsubscribed';

/**
 * Takes in what SNS posted, once it is believed (S4). It ends where the queue's messages end: inbox row, signal, mark.
 * Throws a ServiceError with the reason: 503 for what SNS shall send again, 4xx for what nobody shall.
 */
export async function receiveSnsMessage(call: Omit<Call, 'actor'>, body: string): Promise<WebhookOutcome> {
  const { database, sealer, log, webhook } = call.deps;
  const { trust, signals } = webhook;
  if (!trust) {
    throw unavailable(
      'webhook_not_configured',
      'The webhook accepts no messages, because no topic is configured. Set MUSTER_NOTIFICATION_TOPIC_ARN for the API.',
    );
  }
  return await refusing(call, async () => {
    const message = await believe(trust, body);
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
        // Its link would subscribe us anew. Whoever unsubscribed meant it, or an operator finds this in the audit trail.
        log.warn({ messageId: message.MessageId }, 'the subscription of the webhook was removed, so the topic sends it no more messages');
        await recordSubscription(call, 'unsubscribed', message.MessageId, trust.topicArn);
        return 'unsubscribed';
    }
  });
}
