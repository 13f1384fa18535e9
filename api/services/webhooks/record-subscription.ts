import { writeAudit } from '../../../db/audit.ts';
import { storeUnusable } from '../../../notifications/inbox.ts';
import type { Call } from '../../context.ts';

/** Records the start or the end of the webhook's subscription, once per message (S3). */
export async function recordSubscription(
  call: Omit<Call, 'actor'>,
  change: 'subscribed' | 'unsubscribed',
  messageId: string,
  topicArn: string,
): Promise<void> {
  await call.deps.database.db.transaction(async (tx) => {
    if (!(await storeUnusable(tx, 'webhook', messageId, `the webhook was ${change}`))) return;
    await writeAudit(tx, {
      actor: { type: 'system', id: 'sns', name: 'Amazon SNS' },
      action: `webhook.${change}`,
      target: { type: 'sns_topic', id: topicArn },
      requestId: call.requestId,
    });
  });
}
