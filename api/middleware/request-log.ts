import { createMiddleware } from 'hono/factory';
import type { ApiDependencies, ApiEnv } from '../context.ts';

/**
 * Gives the call its dependencies and a logger with its request id, and logs one line after the answer. Bodies, query
 * strings and headers are never logged, because they may hold secrets (S6, D11).
 */
export function requestLog(deps: ApiDependencies) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const log = deps.log.child({ requestId: c.var.requestId });
    c.set('deps', deps);
    c.set('log', log);
    // Reports a proxy that the settings do not name.
    deps.addressOf(c);
    const began = performance.now();
    await next();
    const level = c.req.path.startsWith('/health/') || c.req.path === '/metrics' ? 'debug' : 'info';
    log[level](
      {
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        milliseconds: Math.round(performance.now() - began),
        apiKeyId: c.var.actor?.apiKeyId,
      },
      'answered',
    );
  });
}
