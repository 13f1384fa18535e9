import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ApiDependencies, ApiEnv } from '../context.ts';

/** Counts and times each call by the pattern of its route (S6). */
export function measure({ metrics }: Pick<ApiDependencies, 'metrics'>) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const began = performance.now();
    await next();
    const pattern = routePath(c, -1);
    // No route matched. The path is not a label, because callers can send any number of paths.
    const route = pattern.endsWith('*') ? 'unmatched' : pattern;
    metrics.answered({ method: c.req.method, route, status: c.res.status }, (performance.now() - began) / 1_000);
  });
}
