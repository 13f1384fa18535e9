import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { receiveSnsMessage } from '../../services/webhooks/receive-sns-message.ts';

/** The only path under /v1 without an API key: the signature of the message takes its place (S4). */
export const snsWebhookPath = '/v1/webhooks/sns';

const received = z.object({
  outcome: z
    .enum(['signalled', 'ignored', 'waiting', 'subscribed', 'unsubscribed'])
    .openapi({ description: '`waiting`: Muster has stored the message, and delivers it to its delegation request when Temporal answers.' }),
});

export const snsRoute = defineRoute(
  {
    method: 'post',
    path: snsWebhookPath,
    operationId: 'receiveSnsMessage',
    tags: ['Webhooks'],
    summary: 'Receive a message from Amazon SNS',
    description:
      'For installations without the queue: subscribe this URL to the notification topic. The call needs no API key. Muster accepts a message that SNS has signed, from the configured topic, and at most 75 minutes old. It confirms a subscription to that topic automatically.',
    security: [],
    request: {
      query: z.looseObject({}),
      body: { required: true, content: { 'text/plain': { schema: z.string().openapi({ description: 'The JSON that SNS posts.' }) } } },
    },
    responses: { 200: json(received, 'Muster has received the message. SNS need not send it again.') },
  },
  [
    'not_an_sns_message',
    'topic_not_allowed',
    'message_too_old',
    'message_from_the_future',
    'certificate_not_trusted',
    'signature_invalid',
    'subscribe_url_not_trusted',
    'body_too_large',
    'rate_limited',
    'webhook_not_configured',
    'certificate_unavailable',
    'subscription_not_confirmed',
    'database_unavailable',
  ],
  async (c) => {
    const { deps, requestId } = c.var;
    const outcome = await receiveSnsMessage({ deps, requestId }, await c.req.text());
    return c.json({ outcome }, 200);
  },
);
