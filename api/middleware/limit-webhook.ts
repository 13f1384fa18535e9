import { createMiddleware } from 'hono/factory';
import { namesTopic } from '../../notifications/webhook/message.ts';
import type { ApiEnv } from '../context.ts';
import { rateLimited } from '../problems/errors.ts';
import { respondProblem } from '../problems/respond.ts';

/** Longer than any message of SNS, whose text has at most 256 KiB before it becomes JSON. */
const maxSnsBytes = 600 * 1_024;

/**
 * Refuses calls over the webhook's limits with 429; SNS retries after a 429. Well-formed messages that name our topic do not
 * count: junk from the same address, or from the same proxy, cannot crowd them out. Their signatures decide (S4).
 */
export const limitWebhook = createMiddleware<ApiEnv>(async (c, next) => {
  const { webhook, addressOf } = c.var.deps;
  const address = addressOf(c);
  const over = await webhook.limits.refusal(address);
  // Refuses without reading the body. No message of SNS is so long.
  if (over !== null && Number(c.req.header('content-length') ?? 0) > maxSnsBytes) return refuse(over);
  if (webhook.trust && namesTopic(await c.req.text(), webhook.trust.topicArn)) return await next();
  const retryAfterSeconds = over ?? (await webhook.limits.take(address));
  return retryAfterSeconds === null ? await next() : refuse(retryAfterSeconds);

  function refuse(seconds: number): Response {
    return respondProblem(c, rateLimited('Too many messages were posted to the webhook.', seconds));
  }
});
