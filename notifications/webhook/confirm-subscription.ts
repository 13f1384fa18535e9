import type { WebhookTrust } from './believe.ts';
import type { SnsSubscriptionConfirmation } from './message.ts';
import { Refusal } from './refusal.ts';
import { trustedSubscribeUrl } from './trusted-url.ts';

/** SNS waits 15 s for our answer. */
const timeoutMs = 5_000;

/**
 * Answers SNS that this endpoint wants our topic's messages. The message must have been believed; its link is called
 * only where it leads to SNS itself, and no redirect is followed. Confirming twice is harmless.
 * https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
 */
export async function confirmSubscription(
  { topicArn, otherOrigin }: Pick<WebhookTrust, 'topicArn' | 'otherOrigin'>,
  message: SnsSubscriptionConfirmation,
): Promise<void> {
  const url = trustedSubscribeUrl(message.SubscribeURL, topicArn, otherOrigin);
  if (!url) throw new Refusal('subscribe_url_not_trusted', 'SubscribeURL does not lead to SNS, or not to our topic.');
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`SNS answered ${response.status}`);
  } catch (cause) {
    throw new Refusal('subscription_not_confirmed', 'SNS did not take the confirmation just now.', { isTransient: true, cause });
  }
}
