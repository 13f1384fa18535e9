import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';
import { respondProblem } from '../problems/respond.ts';
import { ServiceError } from '../problems/service-error.ts';

/** Refuses calls over the webhook's limits with 429 before reading their bodies. SNS retries after a 429. */
export const limitWebhook = createMiddleware<ApiEnv>(async (c, next) => {
  const { limits, trustedProxies } = c.var.deps.webhook;
  const retryAfterSeconds = await limits.take(clientAddress(c, trustedProxies));
  if (retryAfterSeconds === null) return await next();
  return respondProblem(
    c,
    new ServiceError({
      code: 'rate_limited',
      detail: 'Too many messages were posted to the webhook. Retry after the time in Retry-After.',
      retryAfterSeconds,
    }),
  );
});

/** The address that the outermost trusted proxy saw. Without proxies, the address of the connection. */
function clientAddress(c: Context<ApiEnv>, trustedProxies: number): string {
  const forwarded = trustedProxies === 0 ? undefined : c.req.header('x-forwarded-for')?.split(',').at(-trustedProxies)?.trim();
  const bindings = c.env as Partial<HttpBindings> | undefined;
  return forwarded || (bindings?.incoming?.socket.remoteAddress ?? 'unknown');
}
