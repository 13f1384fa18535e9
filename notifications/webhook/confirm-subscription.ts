import { withDeadline } from '../../config/signals.ts';
import type { WebhookTrust } from './believe.ts';
import type { SnsSubscriptionConfirmation } from './message.ts';
import { Refusal } from './refusal.ts';
import { trustedSubscribeUrl } from './trusted-url.ts';

/** SNS waits 15 s for the webhook's answer. */
const timeoutMs = 5_000;

/**
 * Confirms the endpoint's subscription to this installation's topic. The message must be verified. Its link is called only
 * if it leads to SNS, without following redirects. Throws a Refusal otherwise. Confirming twice is harmless.
 * https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
 */
export async function confirmSubscription(
  { topicArn, otherOrigin }: Pick<WebhookTrust, 'topicArn' | 'otherOrigin'>,
  message: SnsSubscriptionConfirmation,
): Promise<void> {
  const url = trustedSubscribeUrl(message.SubscribeURL, topicArn, otherOrigin);
  if (!url) throw new Refusal('subscribe_url_not_trusted', "SubscribeURL is not an SNS URL for this installation's topic.");
  try {
    const response = await withDeadline(timeoutMs, (signal) => fetch(url, { redirect: 'error', signal }));
    await response.body?.cancel();
    if (!response.ok) throw new Error(`SNS returned ${response.status}`);
  } catch (cause) {
    throw new Refusal('subscription_not_confirmed', 'SNS did not accept the confirmation. SNS will send the message again.', {
      isTransient: true,
      cause,
    });
  }
}
