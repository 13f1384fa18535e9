import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ApiDependencies, ApiEnv } from '../context.ts';

/** Counts and times every call by its route's pattern (S6). */
export function measure({ metrics }: Pick<ApiDependencies, 'metrics'>) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const began = performance.now();
    await next();
    const pattern = routePath(c, -1);
    // Only middleware matched: the path is the caller's invention, and there may be any number of those.
    const route = pattern.endsWith('*') ? 'unmatched' : pattern;
    metrics.answered({ method: c.req.method, route, status: c.res.status }, (performance.now() - began) / 1_000);
  });
}
